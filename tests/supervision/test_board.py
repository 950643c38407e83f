from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Campaign
from dialing.before_the_call import mark_dialed
from dialing.dialers import heard_from, note_agents
from dialing.emergency_stop import stop_all_campaigns
from dialing.models import Dialer, NewestTime
from dialing.record_feed import claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import report_results
from outbound_site.core.health import record_heartbeat
from outbound_site.core.jobs import JobState
from supervision import board
from supervision.list_counts import count_changed_lists, count_lists
from tests.dialing.worlds import contact_of
from tests.factories import (
    CampaignFactory,
    FileImportFactory,
    ImportJobFactory,
    ImportRuleFactory,
    PersonalCallbackFactory,
)

pytestmark = pytest.mark.django_db
ALL_DAY = {"on": True, "start_time": "00:00", "end_time": "00:00"}
BOARD = "/admin/dialing/board/"
AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


def call(campaign, code, dialer="north"):
    contact_of(campaign)
    end_one(campaign, code, dialer)


def end_one(campaign, code, dialer="north"):
    [record] = claim_records(dialer, campaign.pk, 1)
    mark_dialed(dialer, record.lease.pk)
    report_results(dialer, [ReportedCall(record.lease.pk, code, talk_seconds=60)])


def texts():
    return [problem.text for problem in board.look(timezone.now()).problems]


def counted(at):
    """The board when the worker has just counted."""
    count_lists([campaign.pk for campaign in Campaign.objects.all()], at)
    return board.look(at)


@time_machine.travel(AT, tick=False)
def test_a_row_has_the_figures_of_its_campaign_over_all_dialers():
    campaign = CampaignFactory(name="Renewals", **ALL_DAY)
    contact_of(CampaignFactory())
    call(campaign, 10)
    call(campaign, 16, dialer="south")
    contact_of(campaign)
    claim_records("north", campaign.pk, 1)
    [row] = counted(AT).rows
    figures = (row.left, row.attempts, row.voice, row.out, row.state.words, row.abandon.percent)
    assert figures == (2, 2, 1, 1, "dialing, next call due 16:30 UTC", 50.0)
    assert row.is_problem


@time_machine.travel(AT, tick=False)
def test_problems_stand_first_then_what_dials_then_what_waits():
    exhausted, dialing, empty = (CampaignFactory(name=name, **ALL_DAY) for name in "abc")
    contact_of(exhausted, status="C")
    contact_of(dialing)
    claim_records("north", dialing.pk, 1)
    assert [row.name for row in counted(AT).rows] == [empty.name, dialing.name, exhausted.name]


def test_a_campaign_that_is_switched_on_and_off_shows_at_once():
    first = CampaignFactory(**ALL_DAY)
    board.look(AT)
    second = CampaignFactory(**ALL_DAY)
    assert {row.pk for row in board.look(AT).rows} == {first.pk, second.pk}
    first.enabled = False
    first.save()
    assert {row.pk for row in board.look(AT).rows} == {second.pk}


@time_machine.travel(AT, tick=False)
def test_calls_and_records_out_show_at_once_and_contacts_when_they_are_counted():
    campaign = CampaignFactory(**ALL_DAY)
    for _ in range(2):
        contact_of(campaign)

    def seen():
        [row] = board.look(AT).rows
        return row.left, row.out, row.voice, row.state.words

    assert seen() == (0, 0, 0, "the contacts are being counted")
    count_changed_lists(AT)
    assert seen() == (2, 0, 0, "ready, but no dialer is connected")
    claim_records("north", campaign.pk, 1)
    assert seen() == (2, 1, 0, "dialing")
    end_one(campaign, 10)
    assert seen() == (2, 1, 1, "dialing")
    count_changed_lists(AT + timedelta(seconds=5))
    assert seen() == (1, 1, 1, "dialing the last records")


def test_agents_of_a_campaign_are_added_over_dialers_and_a_dash_where_none_reports():
    reported, silent = (CampaignFactory(name=name, **ALL_DAY) for name in ("reported", "silent"))
    for campaign in (reported, silent):
        contact_of(campaign)
    for name, agents in (("north", 3), ("south", 4)):
        note_agents(heard_from(name, AT), {reported.pk: agents})
    assert {row.name: row.agents for row in counted(AT).rows} == {"reported": 7, "silent": None}
    for name in ("north", "south"):
        note_agents(heard_from(name, AT), {reported.pk: 0})
    assert board.look(AT).rows[0].state.words == "no agents"


def test_stopped_campaigns_stay_on_the_board_and_say_who_stopped_them(sam):
    campaign, other = CampaignFactory.create_batch(2, **ALL_DAY)
    other.enabled = False
    other.save()
    stop_all_campaigns(sam)
    [row] = board.look(timezone.now()).rows
    assert (row.pk, row.state.words) == (campaign.pk, f"stopped by {sam.username}")


def test_what_is_being_loaded_has_a_bar(sign_in, sam):
    FileImportFactory(file_name="big.txt", state=JobState.RUNNING, phase="sorting", done=3, total=4)
    ImportJobFactory(state="running", rows_read=1200, campaign__name="Renewals")
    text = sign_in(sam).get(BOARD).text
    assert "Do Not Call file big.txt: sorting" in text
    assert 'max="4" value="3"' in text
    assert "Contacts into Renewals: 1,200 rows read" in text


def test_a_list_that_no_file_fed_for_a_month_is_a_problem():
    record_heartbeat()
    ImportRuleFactory()
    now = timezone.now()
    old = FileImportFactory(in_force=True, in_force_at=now - timedelta(days=32), state=JobState.SUCCEEDED)
    assert texts() == ["The Do Not Call list is old: no file was loaded for 31 days."]
    old.in_force_at = now
    old.save()
    assert texts() == []


def test_a_missing_worker_is_a_problem():
    assert any("no worker is heard of" in text for text in texts())
    record_heartbeat()
    assert texts() == []


def test_a_silent_dialer_that_holds_records_is_a_problem():
    record_heartbeat()
    campaign = CampaignFactory(**ALL_DAY)
    contact_of(campaign)
    claim_records("north", campaign.pk, 1)
    assert texts() == []
    Dialer.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    assert texts() == ["Dialer north is silent and holds 1 record."]


def test_a_stop_is_a_problem_until_its_campaigns_are_on_again(sam):
    record_heartbeat()
    campaign = CampaignFactory(**ALL_DAY)
    stop_all_campaigns(sam)
    [text] = texts()
    assert "1 campaign is still off" in text
    campaign.refresh_from_db()
    campaign.enabled = True
    campaign.save()
    assert texts() == []


def test_failed_loads_of_the_last_day_are_problems():
    record_heartbeat()
    now = timezone.now()
    failed = {"state": JobState.FAILED, "message": "no such file"}
    FileImportFactory(file_name="new.txt", finished_at=now, **failed)
    FileImportFactory(file_name="old.txt", finished_at=now - timedelta(days=2), **failed)
    ImportJobFactory(state="refused", rows_bad=7, campaign__name="Renewals")
    assert texts() == [
        "Do Not Call file new.txt was not loaded: no such file",
        "An import into Renewals was refused: 7 bad rows.",
    ]


def test_files_that_are_active_with_lines_left_out_or_that_grew_are_problems():
    record_heartbeat()
    now = timezone.now()
    active = {"state": JobState.SUCCEEDED, "in_force": True}
    FileImportFactory(file_name="whole.txt", finished_at=now, **active)
    FileImportFactory(file_name="one.txt", finished_at=now, rejected=1, **active)
    FileImportFactory(file_name="many.txt", finished_at=now, rejected=9_000, **active)
    FileImportFactory(file_name="old.txt", finished_at=now - timedelta(days=2), rejected=1, **active)
    FileImportFactory(file_name="grew.txt", finished_at=now - timedelta(days=2), grown_at=now, **active)
    assert texts() == [
        "Do Not Call file grew.txt was written to after its import; what it gained is not in the list.",
        "Do Not Call file many.txt was loaded without 9,000 lines.",
        "Do Not Call file one.txt was loaded without 1 line.",
    ]


def test_a_rule_whose_file_cannot_be_read_is_a_problem():
    record_heartbeat()
    FileImportFactory(state=JobState.SUCCEEDED, in_force=True, in_force_at=timezone.now())
    ImportRuleFactory(name="registry", problem="The share is not mapped.")
    assert texts() == ["Do Not Call rule registry: The share is not mapped."]


@time_machine.travel(AT, tick=False)
def test_callbacks_are_counted_by_when_they_are_due():
    for minutes in (-30, -5, 10, 50, 120, 60 * 24):
        PersonalCallbackFactory(callback_date_time=AT + timedelta(minutes=minutes))
    PersonalCallbackFactory(closed=True, callback_date_time=AT - timedelta(hours=1))
    assert board.look(AT).callbacks == {"overdue": 1, "hour": 2, "today": 3}


def test_the_board_shows_what_the_user_may_see(sign_in, sam, nina, lou):
    CampaignFactory(name="Renewals", **ALL_DAY)
    page = sign_in(sam).get(BOARD)
    assert "Renewals" in page.text
    assert "Personal callbacks" in page.text
    assert sign_in(nina).get(BOARD).status_code == 403
    assert "data-live" not in sign_in(nina).get("/admin/").text
    assert "Renewals" in sign_in(sam).get("/admin/").text


def test_problems_lead_only_to_pages_that_the_user_may_open(sign_in, sam, nina):
    FileImportFactory(state=JobState.FAILED, finished_at=timezone.now(), message="no such file")
    nina.is_staff = True
    nina.save()
    nina.user_permissions.add(Permission.objects.get(codename="view_campaign"))
    for user, link in ((sam, True), (nina, False)):
        text = sign_in(user).get(BOARD).text
        assert "was not loaded: no such file" in text
        assert ("/admin/dnc/fileimport/" in text) == link


def test_a_promised_callback_that_will_not_be_made_leads_to_its_contact(sign_in, sam):
    contact = contact_of(CampaignFactory(on=True, max_attempts=1, start_time="00:00", end_time="00:00"))
    [record] = claim_records("north", contact.campaign_id, 1)
    result = ReportedCall(record.lease.pk, 14, callback_at=timezone.now() + timedelta(hours=1))
    report_results("north", [result])
    client = sign_in(sam)
    link = f"/admin/dialing/contact/{contact.pk}/"
    assert link in client.get(BOARD).text
    assert "will not be made: no attempt was left" in client.get(link).text


def test_problems_stand_on_the_first_page_before_there_is_a_campaign(sign_in, alice):
    now = timezone.now()
    ImportRuleFactory(name="registry", problem="The share is not mapped.")
    FileImportFactory(
        file_name="part.txt", state=JobState.SUCCEEDED, in_force=True, finished_at=now, rejected=3
    )
    FileImportFactory(file_name="big.txt", state=JobState.RUNNING, phase="sorting")
    client = sign_in(alice)
    for page in ("/admin/", BOARD):
        text = client.get(page).text
        for shown in (
            "The share is not mapped.",
            "was loaded without 3 lines",
            "The Do Not Call list is old",
            "no worker is heard of",
            "big.txt: sorting",
            "There is no campaign yet.",
        ):
            assert shown in text
        assert "Campaigns that are on" not in text
    first = client.get("/admin/").text
    assert f'data-live="{BOARD}"' in first
    assert first.index("The Do Not Call list is old") < first.index("What to do next")
    CampaignFactory()
    assert "Campaigns that are on" in client.get(BOARD).text


def test_a_rule_that_reads_nothing_leads_to_its_page(sign_in, alice):
    rule = ImportRuleFactory(problem="The share is not mapped.")
    assert f"/admin/dnc/importrule/{rule.pk}/change/" in sign_in(alice).get(BOARD).text


def test_a_clock_that_is_behind_shows_on_the_pages_of_campaign_and_contact(sign_in, sam):
    contact = contact_of(CampaignFactory(**ALL_DAY))
    pages = [f"/admin/dialing/campaign/{contact.campaign_id}/", f"/admin/dialing/contact/{contact.pk}/"]
    client = sign_in(sam)
    for behind in (False, True):
        if behind:
            NewestTime.objects.update_or_create(pk=1, defaults={"at": timezone.now() + timedelta(hours=2)})
        for page in pages:
            assert ("Nobody is called: the server" in client.get(page).text) is behind


def test_what_people_typed_is_escaped(sign_in, sam):
    trap = "<img src=x>"
    CampaignFactory(name=trap, **ALL_DAY)
    Dialer.objects.create(name=trap)
    text = sign_in(sam).get(BOARD).text
    assert "<img" not in text
    assert text.count("&lt;img src=x&gt;") == 2


def test_the_queries_do_not_grow_with_the_campaigns(sign_in, sam):
    def queries():
        count_lists([campaign.pk for campaign in Campaign.objects.all()], timezone.now())
        with CaptureQueriesContext(connection) as captured:
            client.get(BOARD)
        return len(captured)

    client = sign_in(sam)
    call(CampaignFactory(**ALL_DAY), 10)
    one = queries()
    for number in range(5):
        call(CampaignFactory(**ALL_DAY), 10, dialer=f"d{number}")
    assert queries() == one
