from datetime import UTC, datetime

import pytest
import time_machine

from dialing.before_the_call import mark_dialed
from dialing.record_feed import claim_records
from dialing.reported_calls import ReportedCall
from dialing.result_intake import report_results
from dnc import do_not_call_list
from supervision import person_search
from supervision.person_search import number_in
from tests.dialing.worlds import contact_of
from tests.factories import CampaignFactory, PersonalCallbackFactory

pytestmark = pytest.mark.django_db
SEARCH = "/admin/dialing/search/"
# 09:30 in Chicago, where the campaign is; 10:30 in New York, where the customer is.
AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


@pytest.fixture
def campaign():
    return CampaignFactory(name="Renewals", on=True, zone="Central Standard Time", no_answer_delay=30)


@pytest.fixture
def henry(campaign):
    return contact_of(
        campaign,
        zones="300d",
        numbers=["2125550100", "2125550199"],
        account_number="6782",
        first_name="Henry",
        last_name="Martin",
    )


def page_of(client, contact):
    return client.get(f"/admin/dialing/contact/{contact.pk}/")


@time_machine.travel(AT, tick=False)
def test_a_contact_that_may_be_called_says_at_which_number(sign_in, sam, henry):
    text = page_of(sign_in(sam), henry).text
    assert "Yes</span>, at 2125550100." in text
    assert "2026-11-24 10:30 where the customer is, 09:30 Chicago" in text


@time_machine.travel(AT, tick=False)
def test_the_decision_gives_every_reason_in_order_with_both_clocks(sign_in, sam, henry):
    henry.status, henry.callback_at = "R", AT.replace(hour=17)
    henry.save()
    henry.campaign.enabled = False
    henry.campaign.save()
    context = page_of(sign_in(sam), henry).context
    due = "2026-11-24 12:30 where the customer is, 11:30 Chicago"
    assert context["reasons"] == [
        ("the campaign is not enabled", None),
        ("the next call is due later", due),
    ]
    assert context["changes"] is None


@time_machine.travel(AT, tick=False)
def test_the_timeline_has_import_calls_and_do_not_call_hits(sign_in, sam, alice, henry):
    do_not_call_list.add(["2125550199"], alice, "asked")
    [record] = claim_records("north", henry.campaign_id, 1)
    mark_dialed("north", record.lease.pk)
    report_results("north", [ReportedCall(record.lease.pk, 10, agent="1001", talk_seconds=65)])
    texts = [event.text for event in page_of(sign_in(sam), henry).context["events"]]
    assert "2125550199 not called: on the Do Not Call list" in texts
    called = "2125550100 called by dialer north: answered (10), agent 1001, 65 s of talk; then closed"
    assert called in texts
    assert "Imported by nobody signed in, upload" in texts


def test_a_contact_of_several_zones_shows_each_clock(sign_in, sam, campaign):
    contact = contact_of(campaign, zones="360d 300d")
    with time_machine.travel(AT, tick=False):
        context = page_of(sign_in(sam), contact).context
    assert context["now"] == "2026-11-24 09:30 or 2026-11-24 10:30 where the customer is, 09:30 Chicago"


def test_the_campaigns_date_is_reported_where_it_is_another(sign_in, sam, campaign):
    contact = contact_of(campaign, zones="-540")
    with time_machine.travel(AT, tick=False):
        context = page_of(sign_in(sam), contact).context
    assert context["now"] == "2026-11-25 00:30 where the customer is, 2026-11-24 09:30 Chicago"


def test_who_may_not_see_contacts_finds_nobody(sign_in, nina, henry):
    client = sign_in(nina)
    assert page_of(client, henry).status_code == client.get(SEARCH).status_code == 403


@pytest.mark.parametrize(
    "text", ["2125550199", "(212) 555-0199", "212.555.0199", "6782", "678", "Martin", "henry mart"]
)
def test_a_person_is_found_by_number_account_or_name(sign_in, sam, henry, text):
    contact_of(CampaignFactory(), numbers=["3125550100"], account_number="1", last_name="Other")
    people = sign_in(sam).get(SEARCH, {"q": text}).context["people"]
    assert people == [(henry, ["2125550100", "2125550199"])]


@pytest.mark.parametrize("text", ["2125550", "Martinez", "%", "\x00", "'; --", "ı" * 200])
def test_what_matches_nobody_finds_nobody(sign_in, sam, henry, text):
    answer = sign_in(sam).get(SEARCH, {"q": text})
    assert answer.status_code == 200
    assert not answer.context.get("people")


def test_a_person_in_two_campaigns_is_found_in_both_and_not_in_a_deleted_one(sign_in, sam, henry):
    again = contact_of(CampaignFactory(), numbers=["2125550100"])
    contact_of(CampaignFactory(deleted=True), numbers=["2125550100"])
    people = sign_in(sam).get(SEARCH, {"q": "2125550100"}).context["people"]
    assert [contact for contact, _ in people] == [again, henry]


def test_who_has_a_number_or_account_number_whole_is_found_without_a_look_at_every_contact(campaign):
    whole, part = (contact_of(campaign, account_number=number) for number in ("A6782", "xA6782x"))
    assert person_search.contacts("a6782") == [whole]
    assert person_search.contacts("6782x") == [part]


def test_a_listed_number_shows_since_when_and_why(sign_in, sam, alice):
    with time_machine.travel(AT, tick=False):
        do_not_call_list.add(["2125550100"], alice, "asked by letter")
    text = sign_in(sam).get(SEARCH, {"q": "212-555-0100"}).text
    assert "It may not be called</span> since 2026-11-24 15:30 UTC" in text
    assert "asked by letter" in text
    assert "It is not on the Do Not Call list" in sign_in(sam).get(SEARCH, {"q": "212-555-0101"}).text


@pytest.mark.parametrize("text", ["555-0100", "212", "6782", "Martin", "212-555-0100 x12"])
def test_what_is_no_whole_number_is_never_said_to_be_free_of_the_list(sign_in, sam, henry, text):
    assert "It is not on the Do Not Call list" not in sign_in(sam).get(SEARCH, {"q": text}).text


def test_a_number_that_is_listed_in_another_form_says_so(sign_in, sam, alice):
    do_not_call_list.add(["12125550100"], alice, "asked by letter")
    text = sign_in(sam).get(SEARCH, {"q": "+1 212-555-0100"}).text
    assert "It is listed in another form only</span> and may be called: 12125550100" in text
    assert "It is not on the Do Not Call list" not in text


def test_a_person_is_found_by_a_number_as_people_write_it(sign_in, sam, henry):
    for text in ("+1 (212) 555-0100", "212.555.0100", "001 212 555 0100"):
        context = sign_in(sam).get(SEARCH, {"q": text}).context
        assert [contact for contact, _ in context["people"]] == [henry]


def test_a_callback_and_the_calls_of_a_number_are_found_too(sign_in, sam, campaign):
    callback = PersonalCallbackFactory(phone="2125550100", last_name="Martin")
    for text in ("2125550100", "martin"):
        assert sign_in(sam).get(SEARCH, {"q": text}).context["callbacks"] == [callback]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(212) 555-0100", "2125550100"),
        ("+1 212 555 0100", "2125550100"),
        ("+44 (0)20 7946 0000", "442079460000"),
        ("12125550100", "12125550100"),
        ("555-0100 x12", ""),
        ("12", ""),
        ("Martin", ""),
        ("", ""),
    ],
)
def test_a_number_is_read_as_people_write_it(text, number):
    assert number_in(text) == number


def test_the_queries_of_a_search_do_not_grow_with_what_is_found(
    sign_in, sam, campaign, django_assert_max_num_queries
):
    client = sign_in(sam)
    for _ in range(5):
        contact_of(campaign, numbers=["2125550100"])
        PersonalCallbackFactory(phone="2125550100")
    with django_assert_max_num_queries(20):
        client.get(SEARCH, {"q": "2125550100"})
