import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from tests.factories import UserFactory
from timezones.models import RegionPrefix, TimeZone, ZoneSet


@pytest.fixture
def administrator(client, db):
    user = get_user_model().objects.create_superuser("ada@localhost", password="unused")
    client.force_login(user)
    return user


@pytest.fixture
def row(time_zones):
    zone_set = ZoneSet.objects.create(members="360d 300d")
    return RegionPrefix.objects.create(prefix="1270", zone_set=zone_set, region="Kentucky")


def change_url(row):
    return reverse("admin:timezones_regionprefix_change", args=[row.pk])


def form_data(**changes):
    return {"prefix": "1270", "zones": ["360d", "300d"], "region": "Kentucky"} | changes


def test_time_zones_show_the_time_there(client, administrator, time_zones, time_machine):
    time_machine.move_to("2026-07-15T18:00:00Z", tick=False)
    page = client.get(reverse("admin:timezones_timezone_changelist"), {"q": "Central Time (US"})

    assert page.context["cl"].result_count == 1
    assert '<td class="field-now_there">Wed 13:00</td>' in page.text


def test_time_zones_are_read_only(client, administrator, time_zones):
    zone = TimeZone.objects.first()

    assert client.get(reverse("admin:timezones_timezone_change", args=[zone.pk])).status_code == 200
    assert client.post(reverse("admin:timezones_timezone_change", args=[zone.pk])).status_code == 403
    assert client.get(reverse("admin:timezones_timezone_add")).status_code == 403
    assert client.post(reverse("admin:timezones_timezone_delete", args=[zone.pk])).status_code == 403


def test_the_list_of_prefixes_is_searched_by_digits_and_by_region(client, administrator, region_prefixes):
    def found(**query):
        page = client.get(reverse("admin:timezones_regionprefix_changelist"), query)
        return [row.prefix for row in page.context["cl"].result_list]

    assert found(q="4420") == []
    assert found(q="1504") == ["1504"]
    assert found(q="Edmonton", own__exact="0")[:2] == ["1250", "1250242"]
    assert found(own__exact="1") == []


def test_the_list_of_prefixes_costs_a_constant_number_of_queries(
    client, administrator, region_prefixes, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
        page = client.get(reverse("admin:timezones_regionprefix_changelist"), {"q": "1270"})
    assert "UTC-06:00, daylight saving and UTC-05:00, daylight saving" in page.text


def test_a_new_prefix_is_ones_own(client, administrator, time_zones):
    client.post(reverse("admin:timezones_regionprefix_add"), form_data(zones=["-330"]))

    row = RegionPrefix.objects.get(prefix="1270")
    assert (row.own, row.zone_set.members) == (True, "-330")


def test_a_changed_seeded_row_becomes_ones_own(client, administrator, row):
    client.post(change_url(row), form_data(zones=["300d", "420"], region="Elsewhere"))

    row.refresh_from_db()
    assert (row.own, row.region, row.zone_set.members) == (True, "Elsewhere", "420 300d")
    assert row.history.latest().history_user == administrator
    assert "Elsewhere" in client.get(reverse("admin:timezones_regionprefix_history", args=[row.pk])).text


def test_a_row_that_is_given_back_is_refreshed_again(client, administrator, row):
    RegionPrefix.objects.update(own=True)
    client.post(change_url(row), form_data())

    row.refresh_from_db()
    assert not row.own


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"prefix": "+1270"}, "prefix"),
        ({"prefix": "0270"}, "prefix"),
        ({"prefix": ""}, "prefix"),
        ({"zones": []}, "zones"),
        ({"zones": ["301d"]}, "zones"),
        ({"zones": ["<script>"]}, "zones"),
        ({"region": "x" * 256}, "region"),
    ],
)
def test_a_bad_row_is_reported_by_field_and_not_stored(client, administrator, row, changes, field):
    page = client.post(change_url(row), form_data(**changes))

    assert list(page.context["adminform"].errors) == [field]
    assert "<script> is not" not in page.text
    assert RegionPrefix.objects.get().history.count() == 1


def test_the_zones_of_a_row_are_chosen_and_kept(client, administrator, row):
    """Even one that no current Windows zone stands for."""
    row.zone_set = ZoneSet.objects.create(members="301d")
    row.save()

    assert "UTC-05:01, daylight saving" in client.get(change_url(row)).text
    client.post(change_url(row), form_data(zones=["301d"]))
    row.refresh_from_db()
    assert row.zone_set.members == "301d"


def test_who_may_only_look_sees_the_zones_of_a_row(client, row):
    client.force_login(UserFactory(permissions=["view_regionprefix"]))

    assert "UTC-06:00, daylight saving and UTC-05:00, daylight saving" in client.get(change_url(row)).text
    assert client.post(change_url(row), form_data()).status_code == 403
