import itertools

import pytest
from django.contrib.auth.models import Permission

from callbacks.models import CallbackImport, PersonalCallback
from outbound_site.seeding import go_on_after_given_ids
from tests.api_client import JSON, errors_of
from tests.factories import AgentFactory, PersonalCallbackFactory

# The example of the API text, with its broken header line mended.
EXAMPLE = b"""<personalCallback>
  <fileContent>
    <![CDATA[
      AccountNumber,FirstName,LastName,Phone,AgentSkillTargetId,CampaignId,CampaignDn,CallbackDateTime,MaxAttempts
      6782,Henry,Martin,2225554444,1004,5000,222222221,2016-01-25T05:12:00,1
      3444,Thomas,Edison,2225554555,1004,5000,222222222,2016-01-25T05:23:00,1
      5444,Tom,Hilfiger,2225554666,1004,5000,222222223,2016-01-25T05:37:00,1
    ]]>
  </fileContent>
</personalCallback>"""
HEADER = "Phone,AgentSkillTargetId,CallbackDateTime,MaxAttempts"
ROW = "2225554444,5050,2031-02-03T15:00:00,1"


@pytest.fixture
def example_agent(db):
    agent = AgentFactory(pk=1004)
    go_on_after_given_ids(type(agent))
    return agent


def load(api, *lines, **members):
    return api.post("personalcallback/import", {"fileContent": "\n".join(lines)} | members)


def messages(answer):
    return [element.text for element in answer.tree.findall("apiError/errorMessage")]


def test_the_example_of_the_api_text(api, example_agent, campaign, time_machine):
    time_machine.move_to("2016-01-25T05:00:00Z", tick=False)
    answer = api.post("personalcallback/import", EXAMPLE)

    assert (answer.status_code, answer.content) == (200, b"")
    page = api.get("personalcallback", accept=JSON).json()
    rows = page["personalCallbacks"][0]["personalCallback"]
    assert [(row["firstName"], row["callbackDateTime"]) for row in rows] == [
        ("Henry", "2016-01-25T05:12:00"),
        ("Thomas", "2016-01-25T05:23:00"),
        ("Tom", "2016-01-25T05:37:00"),
    ]
    assert rows[0] | {"refURL": ""} == {
        "changeStamp": 0,
        "refURL": "",
        "campaign": {"refURL": "/unifiedconfig/config/campaign/5000"},
        "agent": {"refURL": "/unifiedconfig/config/agent/1004"},
        "campaignId": 5000,
        "peripheralId": 5000,
        "agentId": example_agent.agent_id,
        "campaignDn": "222222221",
        "phone": "2225554444",
        "accountNumber": "6782",
        "maxAttempts": 1,
        "callbackDateTime": "2016-01-25T05:12:00",
        "callStatus": "pending",
        "callResult": 0,
        "lastName": "Martin",
        "firstName": "Henry",
    }


def test_times_are_the_servers(api, agent, set_clock):
    set_clock("2026-01-01 12:00", "America/New_York")
    assert load(api, HEADER, "1,5050,2026-03-08T02:30:00,1").status_code == 200

    stored = PersonalCallback.objects.get().callback_date_time
    assert stored.isoformat() == "2026-03-08T07:30:00+00:00"


def test_columns_in_any_order_separated_by_pipes(api, agent):
    answer = load(
        api,
        "MaxAttempts|Phone|CallbackDateTime|AgentSkillTargetId|LastName",
        "3|9#*|2031-02-03 15:00|5050|Müller,A",
        delimiter="|",
    )

    assert answer.status_code == 200
    row = PersonalCallback.objects.get()
    assert (row.max_attempts, row.phone, row.last_name, row.campaign) == (3, "9#*", "Müller,A", None)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",5050,2031-02-03T15:00:00,1", "Phone is required"),
        ("555-0100,5050,2031-02-03T15:00:00,1", "Phone contains invalid characters"),
        ("1" * 21 + ",5050,2031-02-03T15:00:00,1", "Phone exceeds the maximum length of 20"),
        ("1,,2031-02-03T15:00:00,1", "AgentSkillTargetId is required"),
        ("1,5999,2031-02-03T15:00:00,1", "AgentSkillTargetId names no agent that there is"),
        ("1,ten,2031-02-03T15:00:00,1", "AgentSkillTargetId has an invalid value"),
        ("1,5050,,1", "CallbackDateTime is required"),
        ("1,5050,tomorrow,1", "CallbackDateTime has an invalid value"),
        (
            "1,5050,2020-01-01T00:00:00,1",
            "CallbackDateTime cannot be 15 minutes or more before the current time",
        ),
        ("1,5050,3001-01-01T00:00:00,1", "CallbackDateTime must lie in the years 1970 to 3000"),
        ("1,5050,2031-02-03T15:00:00,", "MaxAttempts is required"),
        ("1,5050,2031-02-03T15:00:00,0", "MaxAttempts must contain a value from 1 to 2147483647"),
        ("1,5050,2031-02-03T15:00:00", "3 fields where the header has 4"),
    ],
)
def test_a_bad_row_is_reported_by_line_and_nothing_is_stored(api, agent, row, message):
    answer = load(api, HEADER, ROW, row)

    assert (answer.status_code, messages(answer)) == (400, [f"Line 3: {message}"])
    assert errors_of(answer) == [("invalidInput.fileContent", "fileContent")]
    assert not PersonalCallback.objects.exists()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("AccountNumber", "ü" * 15 + "A", "exceeds the maximum length of 30"),
        ("FirstName", "名" * 51, "exceeds the maximum length of 50"),
        ("LastName", "Ö" * 51, "exceeds the maximum length of 50"),
        ("CampaignDn", "1234567890123", "exceeds the maximum length of 12"),
        ("CampaignId", "5999", "names no campaign that there is"),
    ],
)
def test_optional_columns_have_their_rules_too(api, agent, name, value, message):
    answer = load(api, f"{HEADER},{name}", f"{ROW},{value}", f"{ROW},")

    assert messages(answer) == [f"Line 2: {name} {message}"]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Phone,AgentSkillTargetId,CallbackDateTime", "Line 1: the column MaxAttempts is required"),
        (f"{HEADER},CallStatus", "Line 1: “CallStatus” is not a known column"),
        (f"{HEADER},Phone", "Line 1: Phone stands twice"),
    ],
)
def test_the_header_is_judged_first(api, agent, header, message):
    answer = load(api, header, ROW)

    assert answer.status_code == 400
    assert message in messages(answer)


def test_deleted_agents_and_campaigns_are_not_known(api, agent, campaign):
    agent.mark_deleted()
    campaign.mark_deleted()

    assert messages(load(api, f"{HEADER},CampaignId", f"{ROW},5000")) == [
        "Line 2: AgentSkillTargetId names no agent that there is",
        "Line 2: CampaignId names no campaign that there is",
    ]


def test_without_overwrite_callbacks_are_added(api, agent):
    PersonalCallbackFactory(agent=agent)
    load(api, HEADER, ROW, ROW)

    assert PersonalCallback.objects.count() == 3


def test_overwrite_replaces_all_callbacks_with_those_of_agents_and_dialers(api, agent):
    PersonalCallbackFactory(agent=agent, first_name="scheduled by the agent")
    PersonalCallbackFactory(active=True)
    assert load(api, HEADER, ROW, overwriteData=True).status_code == 200

    assert PersonalCallback.objects.get().phone == "2225554444"
    records = PersonalCallback.history.filter(history_change_reason="bulk import").order_by("history_type")
    assert [record.history_type for record in records] == ["+", "-", "-"]
    assert {record.history_user.username for record in records} == {"alice@cce.example"}


def test_a_refused_overwrite_leaves_everything(api, agent):
    PersonalCallbackFactory(agent=agent, first_name="kept")

    assert load(api, HEADER, "x", overwriteData=True).status_code == 400
    assert PersonalCallback.objects.get().first_name == "kept"


def test_a_refused_list_is_kept_in_mind_with_what_was_wrong(api, agent):
    load(api, HEADER, ROW, "x", "1,1,x,1", overwriteData=True)

    job = CallbackImport.objects.get()
    assert (job.state, job.source, job.overwrite) == ("refused", "api", True)
    assert (job.rows_read, job.rows_bad, job.rows_stored) == (3, 2, 0)
    assert job.user.username == "alice@cce.example"
    assert job.finished_at


def test_agents_and_campaigns_are_looked_up_in_sets(api, campaign, django_assert_max_num_queries):
    agents = AgentFactory.create_batch(20)
    lines = [f"1,{agent.pk},2031-02-03T15:00:00,1,5000" for agent in agents]
    api.get("personalcallback")

    def count(lines):
        with django_assert_max_num_queries(40) as queries:
            assert load(api, f"{HEADER},CampaignId", *lines).status_code == 200
        return len(queries)

    assert count(lines[:1]) == count(lines)


def test_ten_thousand_rows_are_stored_and_one_more_is_refused(api, agent):
    rows = list(itertools.repeat(ROW, 10_000))
    assert load(api, HEADER, *rows).status_code == 200
    assert PersonalCallback.objects.count() == PersonalCallback.history.count() == 10_000

    answer = load(api, HEADER, *rows, ROW)
    assert errors_of(answer) == [("limitExceeded.importRecords", "fileContent")]


def test_supervisors_do_not_import(api_as, sam, agent):
    assert load(api_as(sam), HEADER, ROW).status_code == 403


def test_overwrite_needs_the_right_to_delete(api_as, nina, agent):
    nina.user_permissions.add(Permission.objects.get(codename="add_personalcallback"))

    assert load(api_as(nina), HEADER, ROW, overwriteData=True).status_code == 403
    assert load(api_as(nina), HEADER, ROW).status_code == 200


@pytest.mark.parametrize("accept", ["", "*/*", "text/csv", "application/xml", "image/png"])
def test_the_template_is_a_csv_attachment(api, accept):
    answer = api.get("personalcallback/template", accept=accept)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer.text.splitlines()[0] == (
        "AccountNumber,FirstName,LastName,Phone,AgentSkillTargetId,CampaignId,CampaignDn,CallbackDateTime,MaxAttempts"
    )


def test_the_template_can_be_loaded_as_it_is(api, agent, campaign):
    assert load(api, api.get("personalcallback/template").text).status_code == 200


def test_the_templates_address_is_no_id(api_as, nina):
    assert api_as(nina).get("personalcallback/template", accept="text/csv").status_code == 403
    assert api_as(nina).get("personalcallback/import").status_code == 405
