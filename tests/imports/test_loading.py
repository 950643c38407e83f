from datetime import UTC, datetime

import pytest

from callbacks.models import CallbackImport
from outbound_site.imports.loading import bulk_load, take_ids

pytestmark = pytest.mark.django_db


def test_rows_are_written_from_columns_and_constants():
    then = datetime(2026, 3, 28, 1, 9, 40, 5, tzinfo=UTC)
    later = datetime(2027, 1, 1, tzinfo=UTC)
    names = ["plain", "tab\tand\\n", "“ü” 😀", 'a "quoted", one']
    times = [then, then, then, later]
    bulk_load(CallbackImport, {"file_name": names, "created_at": times, "mapping": "[]"}, 4)
    rows = CallbackImport.objects.order_by("pk").values_list("file_name", "created_at")
    assert list(rows) == list(zip(names, times, strict=True))


def test_ids_rise_and_are_not_given_again():
    first = CallbackImport.objects.create(file_name="a")
    ids = take_ids(CallbackImport, 3)
    bulk_load(CallbackImport, {"id": ids, "file_name": "b", "mapping": "[]"}, 3)
    last = CallbackImport.objects.create(file_name="c")
    assert first.pk < ids[0] < ids[1] < ids[2] < last.pk


def test_no_rows_are_no_statement():
    bulk_load(CallbackImport, {"file_name": [], "mapping": "[]"}, 0)
    assert not CallbackImport.objects.exists()
