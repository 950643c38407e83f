"""The pages of personal callbacks; the server's clock is in New York."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from callbacks.models import PersonalCallback
from outbound_site.core.server_time import to_utc
from tests.factories import AgentFactory, CampaignFactory, PersonalCallbackFactory, UserFactory

LIST = "admin:callbacks_personalcallback_changelist"
CALENDAR = "admin:callbacks_personalcallback_calendar"


@pytest.fixture(autouse=True)
def wednesday(set_clock):
    """Wednesday 10 June 2026, 16:00."""
    set_clock("2026-06-10 16:00", "America/New_York")


@pytest.fixture
def page(client, alice):
    """`page("admin:...", argument, due="today")`: what the administrator sees."""
    client.force_login(alice)

    def page(name, *arguments, **query):
        return client.get(reverse(name, args=arguments), query)

    return page


def at(wall, **values):
    return PersonalCallbackFactory(
        callback_date_time=to_utc(datetime.fromisoformat(f"2026-{wall}")), **values
    )


def change_url(callback):
    return reverse("admin:callbacks_personalcallback_change", args=[callback.pk])


def form_data(callback=None, **changes):
    data = {
        "phone": "5550100",
        "callback_date_time": "2026-06-11T09:30",
        "max_attempts": "2",
        "call_status": "P",
    }
    if callback:
        data |= {"agent": callback.agent_id, "version": callback.change_stamp, "phone": callback.phone}
    return data | changes


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Old", "Late", "Window", "Evening", "Midnight", "Tomorrow", "Sunday", "Next"]),
        ({"due": "overdue"}, ["Late"]),
        ({"due": "today"}, ["Late", "Window", "Evening"]),
        ({"due": "tomorrow"}, ["Midnight", "Tomorrow"]),
        ({"due": "week"}, ["Late", "Window", "Evening", "Midnight", "Tomorrow", "Sunday"]),
        ({"call_status__exact": "C"}, ["Old"]),
        ({"q": "lastName:EVEN"}, ["Evening"]),
        ({"q": "777"}, ["Sunday"]),
    ],
)
def test_the_list_is_filtered_and_searched(page, query, found):
    at("06-10 09:00", last_name="Old", closed=True)
    at("06-10 15:44", last_name="Late")
    at("06-10 15:46", last_name="Window")
    at("06-10 23:59", last_name="Evening")
    at("06-11 00:00", last_name="Midnight")
    at("06-11 23:59", last_name="Tomorrow")
    at("06-14 12:00", last_name="Sunday", agent=AgentFactory(agent_id="777"))
    at("06-17 00:00", last_name="Next")

    assert [row.last_name for row in page(LIST, **query).context["cl"].result_list] == found


def test_the_list_is_filtered_by_agent_and_campaign(page):
    wanted = PersonalCallbackFactory(campaign=CampaignFactory())
    PersonalCallbackFactory()
    for query in ({"agent__id__exact": wanted.agent_id}, {"campaign__id__exact": wanted.campaign_id}):
        assert list(page(LIST, **query).context["cl"].result_list) == [wanted]


def test_the_list_costs_a_constant_number_of_queries(page, django_assert_max_num_queries):
    PersonalCallbackFactory.create_batch(40, campaign=CampaignFactory())
    with django_assert_max_num_queries(9):
        page(LIST)


def test_times_are_shown_with_the_servers_zone(page):
    callback = at("06-10 18:00")

    assert "Wed 10 Jun 2026, 18:00 EDT" in page(LIST).text
    form = page("admin:callbacks_personalcallback_change", callback.pk)
    assert 'value="2026-06-10T18:00:00"' in form.text
    assert "America/New_York: Wed 10 Jun 2026, 16:00 EDT now" in form.text


def test_a_callback_is_added_on_the_servers_clock(client, page):
    agent = AgentFactory()
    answer = client.post(
        reverse("admin:callbacks_personalcallback_add"), form_data(agent=agent.pk, last_name="<b>Müller</b>")
    )

    assert answer.status_code == 302
    callback = PersonalCallback.objects.get()
    assert callback.callback_date_time.isoformat() == "2026-06-11T13:30:00+00:00"
    assert (callback.agent, callback.last_name, callback.call_status) == (agent, "<b>Müller</b>", "P")
    assert "<b>Müller" not in page(LIST).text
    assert "<b>Müller" not in page(CALENDAR).text


def test_a_number_as_people_write_it_is_shown_in_digits_and_then_stored(client, page):
    address, agent = reverse("admin:callbacks_personalcallback_add"), AgentFactory()
    written = "tel:+44-(0)20-7946-0000"

    answer = client.post(address, form_data(agent=agent.pk, phone=written))
    assert not PersonalCallback.objects.exists()
    assert "Read as 442079460000, which stands here now. Save again to store it." in answer.text
    assert 'name="phone" value="442079460000"' in answer.text

    client.post(address, form_data(agent=agent.pk, phone="442079460000"))
    assert PersonalCallback.objects.get().phone == "442079460000"


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"phone": "+1 303 555"}, "phone", "too short for a number of +1"),
        ({"phone": "+47 22 12 34 56"}, "phone", "would be dialed as a number of US"),
        ({"phone": "1" * 21}, "phone", "at most 20 characters"),
        ({"phone": ""}, "phone", "required"),
        ({"phone": "555-1"}, "phone", "invalid characters"),
        ({"max_attempts": "0"}, "max_attempts", "from 1 to"),
        ({"callback_date_time": "2026-06-10T15:45"}, "callback_date_time", "15 minutes or more before"),
        ({"callback_date_time": "9999-12-31T23:59"}, "callback_date_time", "valid date"),
        ({"callback_date_time": "soon"}, "callback_date_time", "valid date"),
        ({"call_status": "A"}, "call_status", "not one of the available choices"),
        ({"agent": "0"}, "agent", "not one of the available choices"),
        ({"agent": "x"}, "agent", "not one of the available choices"),
        ({"account_number": "ü" * 16}, "account_number", "maximum length of 30 bytes"),
    ],
)
def test_the_form_has_the_rules_of_the_api(client, page, changes, field, message):
    answer = client.post(
        reverse("admin:callbacks_personalcallback_add"), form_data(**({"agent": AgentFactory().pk} | changes))
    )

    assert answer.status_code == 200
    assert message in str(answer.context["adminform"].form.errors[field])
    assert not PersonalCallback.objects.exists()


def test_a_skipped_hour_has_the_same_rule_in_the_form(client, page):
    client.post(
        reverse("admin:callbacks_personalcallback_add"),
        form_data(agent=AgentFactory().pk, callback_date_time="2027-03-14T02:30"),
    )

    assert PersonalCallback.objects.get().callback_date_time.isoformat() == "2027-03-14T07:30:00+00:00"


def test_a_change_keeps_a_time_that_is_too_near_to_move(client, page):
    callback = at("06-10 16:05")
    near = {"callback_date_time": "2026-06-10T16:05:00"}
    assert (
        client.post(change_url(callback), form_data(callback, last_name="Souza", **near)).status_code == 302
    )

    moved = client.post(change_url(callback), form_data(callback, version=1))
    assert "cannot be changed any more" in moved.text
    stored = PersonalCallback.objects.get()
    assert (stored.last_name, stored.change_stamp) == ("Souza", 1)


def test_a_form_of_an_old_version_stores_nothing(client, page):
    callback = at("06-11 09:30", change_stamp=3)
    answer = client.post(change_url(callback), form_data(callback, version=2, last_name="Souza"))

    assert "Somebody else changed this" in answer.text
    assert PersonalCallback.objects.get().last_name == ""


def test_an_active_callback_is_only_shown(client, page):
    callback = at("06-10 16:00", active=True)
    shown = page("admin:callbacks_personalcallback_change", callback.pk)

    assert not shown.context["has_change_permission"]
    answer = client.post(change_url(callback), form_data(callback))
    assert "The callback is active" in answer.text
    client.post(reverse("admin:callbacks_personalcallback_delete", args=[callback.pk]), {"post": "yes"})
    assert PersonalCallback.objects.get().call_status == "A"


def action(client, name, callbacks, **data):
    data |= {"action": name, "_selected_action": [callback.pk for callback in callbacks]}
    return client.post(reverse(LIST), data, follow=True)


def test_callbacks_are_reassigned_on_a_page_that_asks_for_the_agent(client, page):
    callbacks = [at("06-11 09:00"), at("06-11 10:00"), at("06-10 16:00", active=True)]
    agent = AgentFactory(first_name="Nora", last_name="Berg")
    asked = action(client, "reassign", callbacks)
    assert "3 callbacks will go to the agent" in asked.text

    answer = action(client, "reassign", callbacks, agent=agent.pk)
    assert f"2 of 3 callbacks went to {agent}" in answer.text
    assert "1 were left as they are" in answer.text
    assert PersonalCallback.objects.filter(agent=agent).count() == 2
    assert {row.history_user.username for row in PersonalCallback.history.filter(history_type="~")} == {
        "alice@cce.example"
    }


@pytest.mark.parametrize("agent", ["", "0", "x"])
def test_a_reassignment_to_nobody_asks_again(client, page, agent):
    callback = at("06-11 09:00")

    assert "To agent" in action(client, "reassign", [callback], agent=agent).text


def test_callbacks_are_deleted_but_for_active_ones(client, page):
    callbacks = [at("06-11 09:00"), at("06-10 16:00", active=True)]
    answer = action(client, "delete_selected", callbacks, post="yes")

    assert "1 of them were not deleted: they are active" in answer.text
    assert PersonalCallback.objects.get() == callbacks[1]


def test_the_history_shows_what_changed_in_words(client, page):
    callback = at("06-11 09:30")
    client.post(
        change_url(callback), form_data(callback, call_status="C", callback_date_time="2026-06-12T09:30")
    )
    history = page("admin:callbacks_personalcallback_history", callback.pk)

    assert "pending → closed" in history.text
    assert "Thu 11 Jun 2026, 09:30 EDT → Fri 12 Jun 2026, 09:30 EDT" in history.text


def days(answer):
    return {day.date.isoformat(): [row.last_name for row in day.callbacks] for day in answer.context["days"]}


def test_the_week_has_what_is_due_on_the_servers_days(page, django_assert_max_num_queries):
    at("06-08 00:00", last_name="Monday")
    at("06-10 09:00", last_name="Finished", closed=True)
    at("06-10 23:59", last_name="Second")
    at("06-10 10:00", last_name="First")
    at("06-14 23:59", last_name="Sunday")
    at("06-15 00:00", last_name="Next week")
    with django_assert_max_num_queries(13):
        answer = page(CALENDAR)

    assert days(answer) == {
        "2026-06-08": ["Monday"],
        "2026-06-09": [],
        "2026-06-10": ["First", "Second"],
        "2026-06-11": [],
        "2026-06-12": [],
        "2026-06-13": [],
        "2026-06-14": ["Sunday"],
    }
    assert "America/New_York, where it is <strong>Wed 10 Jun 2026, 16:00 EDT" in answer.text
    assert answer.text.count("overdue</strong>") == 2
    assert days(page(CALENDAR, all="on"))["2026-06-10"] == ["Finished", "First", "Second"]


def test_the_days_of_both_changes_of_clocks_have_23_and_25_hours(page, set_clock):
    set_clock("2026-01-01 12:00", "America/New_York")
    for wall in ("03-08 00:00", "03-08 23:59", "03-09 00:00", "11-01 00:00", "11-01 23:59", "11-02 00:00"):
        at(wall, last_name=wall)

    assert days(page(CALENDAR, date="2026-03-08"))["2026-03-08"] == ["03-08 00:00", "03-08 23:59"]
    assert days(page(CALENDAR, date="2026-11-01"))["2026-11-01"] == ["11-01 00:00", "11-01 23:59"]


def test_the_day_is_grouped_by_agent(page):
    nora, omar = AgentFactory(agent_id="1", last_name="Berg"), AgentFactory(agent_id="2")
    at("06-10 17:00", agent=omar, last_name="C")
    at("06-10 18:00", agent=nora, last_name="B")
    at("06-10 16:30", agent=nora, last_name="A")
    groups = page(CALENDAR, view="day", date="2026-06-10").context["agents"]

    assert [(group.agent, [row.last_name for row in group.callbacks]) for group in groups] == [
        (nora, ["A", "B"]),
        (omar, ["C"]),
    ]
    only = page(CALENDAR, view="day", date="2026-06-10", agent="keller 1 berg").context["agents"]
    assert [group.agent for group in only] == []
    assert [group.agent for group in page(CALENDAR, view="day", agent="berg").context["agents"]] == [nora]


def test_a_full_day_is_cut_short_and_says_so(page):
    PersonalCallback.objects.bulk_create(
        PersonalCallbackFactory.build_batch(
            510, agent=AgentFactory(), callback_date_time=at("06-10 17:00").callback_date_time
        )
    )
    answer = page(CALENDAR)
    assert "and 511 in all" in answer.text
    assert len(days(answer)["2026-06-10"]) == 50
    assert "11 more are not shown" in page(CALENDAR, view="day").text


@pytest.mark.parametrize(
    "query",
    [{"date": "x"}, {"date": "0001-01-01"}, {"date": "9999-12-31"}, {"view": "year"}, {"agent": "\0"}],
)
def test_bad_parameters_of_the_calendar_show_today_and_say_so(page, query):
    answer = page(CALENDAR, **query)

    assert answer.status_code == 200
    assert "2026-06-10" in answer.text
    assert "errorlist" in answer.text


@pytest.mark.parametrize(
    ("day", "view"), [("1970-01-05", "week"), ("3000-12-20", "week"), ("1970-01-05", "day")]
)
def test_the_calendar_ends_where_callbacks_end(client, page, day, view):
    answer = page(CALENDAR, date=day, view=view)

    for name in ("previous", "next"):
        assert "errorlist" not in client.get(reverse(CALENDAR) + answer.context[name]).text


def test_supervisors_look_and_change_nothing(client, sam):
    client.force_login(sam)
    callback = at("06-10 18:00")

    assert client.get(reverse(LIST)).status_code == 200
    assert client.get(reverse(CALENDAR)).status_code == 200
    assert client.post(change_url(callback), form_data(callback)).status_code == 403
    assert "Reassign" not in client.get(reverse(LIST)).text


def test_nobody_else_sees_them(client, db):
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="view_agent"))
    client.force_login(user)

    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse(CALENDAR)).status_code == 403
