from datetime import UTC, datetime

import pytest

from outbound_site.bulk.loading import bulk_load, take_ids
from outbound_site.models import RequestPlace

pytestmark = pytest.mark.django_db


def test_rows_are_written_from_columns_and_constants():
    then = datetime(2026, 3, 28, 1, 9, 40, 5, tzinfo=UTC)
    later = datetime(2027, 1, 1, tzinfo=UTC)
    lanes = ["plain", "tab\tand\\n", "“ü” 😀", 'a "quoted", one']
    bulk_load(RequestPlace, {"lane": lanes, "alive_until": [then, then, then, later]}, 4)
    rows = RequestPlace.objects.values_list("lane", "alive_until")
    assert list(rows) == list(zip(lanes, [then, then, then, later], strict=True))


def test_ids_rise_and_are_not_given_again():
    first = RequestPlace.objects.create(lane="a", alive_until=datetime(2026, 1, 1, tzinfo=UTC))
    ids = take_ids(RequestPlace, 3)
    bulk_load(RequestPlace, {"id": ids, "lane": "b", "alive_until": first.alive_until}, 3)
    last = RequestPlace.objects.create(lane="c", alive_until=first.alive_until)
    assert first.pk < ids[0] < ids[1] < ids[2] < last.pk


def test_no_rows_are_no_statement():
    bulk_load(RequestPlace, {"lane": [], "alive_until": []}, 0)
    assert not RequestPlace.objects.exists()
