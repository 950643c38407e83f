import pytest
from django.contrib.auth.models import Group, Permission

from callbacks.models import CallbackStatus, PersonalCallback
from tests.api_client import JSON, errors_of, xml_of
from tests.factories import PersonalCallbackFactory

# The example of the API text, as printed.
CREATE = b"""<personalCallback>
  <campaign>
    <refURL>/unifiedconfig/config/campaign/5000</refURL>
  </campaign>
  <agent>
    <refURL>/unifiedconfig/config/agent/5050</refURL>
  </agent>
  <campaignDn>222222</campaignDn>
  <phone>999333</phone>
  <accountNumber>23334343334</accountNumber>
  <maxAttempts>1</maxAttempts>
  <callbackDateTime>2016-01-15T11:37:00</callbackDateTime>
  <callStatus>pending</callStatus>
  <lastName>Kumar</lastName>
  <firstName>Akshaya</firstName>
</personalCallback>"""
# That example too, with its two slips mended: the stamp of a new item, and a refURL that is the item's own.
GET = """<personalCallback>
  <changeStamp>0</changeStamp>
  <refURL>/unifiedconfig/config/personalcallback/{pk}</refURL>
  <campaign>
    <refURL>/unifiedconfig/config/campaign/5000</refURL>
  </campaign>
  <agent>
    <refURL>/unifiedconfig/config/agent/5050</refURL>
  </agent>
  <campaignId>5000</campaignId>
  <peripheralId>5000</peripheralId>
  <agentId>1001</agentId>
  <campaignDn>222222</campaignDn>
  <phone>999333</phone>
  <accountNumber>23334343334</accountNumber>
  <maxAttempts>1</maxAttempts>
  <callbackDateTime>2016-01-15T11:37:00</callbackDateTime>
  <callStatus>pending</callStatus>
  <callResult>0</callResult>
  <lastName>Kumar</lastName>
  <firstName>Akshaya</firstName>
</personalCallback>"""


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]


def url(callback):
    return f"personalcallback/{callback.pk}"


def create(api, **members):
    """POST of a valid callback with these members instead; None leaves one out."""
    body = {
        "agent": {"refURL": "/unifiedconfig/config/agent/5050"},
        "phone": "5550100200",
        "maxAttempts": "2",
        "callbackDateTime": "2031-02-03T15:00:00",
    } | members
    return api.post(
        "personalcallback", xml_of("personalCallback", {k: v for k, v in body.items() if v is not None})
    )


def test_the_examples_of_the_api_text(api, agent, campaign, time_machine):
    time_machine.move_to("2016-01-15T11:00:00Z", tick=False)
    made = api.post("personalcallback", CREATE)

    assert (made.status_code, made.content) == (201, b"")
    callback = PersonalCallback.objects.get()
    assert made["Location"] == f"http://testserver/unifiedconfig/config/personalcallback/{callback.pk}"
    answer = api.get(made["Location"].removeprefix("http://testserver"))
    assert answer.status_code == 200
    written = answer.text.replace("><", ">\n<")
    assert lines(written) == ['<?xml version="1.0" encoding="UTF-8"?>', *lines(GET.format(pk=callback.pk))]


def test_json_has_the_same_members_without_a_root(api, agent, campaign, time_machine):
    time_machine.move_to("2016-01-15T11:00:00Z", tick=False)
    api.post("personalcallback", CREATE)
    callback = PersonalCallback.objects.get()

    assert api.get(url(callback), accept=JSON).json() == {
        "changeStamp": 0,
        "refURL": f"/unifiedconfig/config/personalcallback/{callback.pk}",
        "campaign": {"refURL": "/unifiedconfig/config/campaign/5000"},
        "agent": {"refURL": "/unifiedconfig/config/agent/5050"},
        "campaignId": 5000,
        "peripheralId": 5000,
        "agentId": "1001",
        "campaignDn": "222222",
        "phone": "999333",
        "accountNumber": "23334343334",
        "maxAttempts": 1,
        "callbackDateTime": "2016-01-15T11:37:00",
        "callStatus": "pending",
        "callResult": 0,
        "lastName": "Kumar",
        "firstName": "Akshaya",
    }


def test_the_toolkits_minimum_is_enough_and_what_has_no_value_is_left_out(api, agent):
    body = {"agentId": "77", "campaignId": "1", "peripheralId": "1", "callResult": "9", "changeStamp": "9"}
    assert create(api, **body).status_code == 201

    answer = api.get(url(PersonalCallback.objects.get()))
    shown = {element.tag: element.text for element in answer.tree}
    assert not shown.keys() & {
        "campaign",
        "campaignId",
        "campaignDn",
        "accountNumber",
        "firstName",
        "lastName",
    }
    assert shown["agentId"] == "1001"
    assert (shown["callStatus"], shown["callResult"], shown["changeStamp"]) == ("pending", "0", "0")


@pytest.mark.parametrize("name", ["agent", "phone", "maxAttempts", "callbackDateTime"])
@pytest.mark.parametrize("value", [None, ""])
def test_required_parameters(api, agent, name, value):
    answer = create(api, **{name: value})

    assert (answer.status_code, errors_of(answer)) == (400, [("invalidInput.fieldRequired", name)])
    assert not PersonalCallback.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phone", "0123456789#*01234567"),
        ("campaignDn", "123456789012"),
        ("accountNumber", "ü" * 15),
        ("accountNumber", "A" * 30),
        ("firstName", "名" * 50),
        ("lastName", "Ö" * 50),
        ("maxAttempts", "1"),
        ("maxAttempts", "2147483647"),
        *(("callStatus", name) for name in sorted({*CallbackStatus.labels} - {"active", "unknown"})),
    ],
)
def test_parameters_within_their_bounds(api, agent, name, value):
    assert create(api, **{name: value}).status_code == 201
    assert api.get(url(PersonalCallback.objects.get())).tree.findtext(name) == value


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("phone", "012345678901234567890", "fieldLengthExceeded"),
        ("phone", "555-0100", "invalidCharacter"),
        ("phone", "٣٣٣", "invalidCharacter"),
        ("campaignDn", "1234567890123", "fieldLengthExceeded"),
        ("accountNumber", "ü" * 15 + "A", "fieldLengthExceeded"),
        ("accountNumber", "A" * 31, "fieldLengthExceeded"),
        ("firstName", "名" * 51, "fieldLengthExceeded"),
        ("lastName", "Ö" * 51, "fieldLengthExceeded"),
        ("maxAttempts", "0", "outOfRange"),
        ("maxAttempts", "-1", "outOfRange"),
        ("maxAttempts", "2147483648", "outOfRange"),
        ("maxAttempts", "1.5", "invalidValue"),
        ("maxAttempts", "many", "invalidValue"),
        ("callStatus", "P", "invalidValue"),
        ("callStatus", "Pending", "invalidValue"),
        ("callbackDateTime", "2031-02-30T15:00:00", "invalidValue"),
        ("callbackDateTime", "2031-02-03", "invalidValue"),
        ("callbackDateTime", "tomorrow", "invalidValue"),
        ("callbackDateTime", "3001-01-01T00:00:00", "invalidValue"),
        ("callbackDateTime", "9999-12-31T23:59:59", "invalidValue"),
        ("callbackDateTime", "0001-01-01T00:00:00", "invalidValue"),
        ("agent", {"refURL": "/unifiedconfig/config/agent/5999"}, "invalidReference"),
        ("agent", {"refURL": "/unifiedconfig/config/campaign/5050"}, "invalidReference"),
        ("campaign", {"refURL": "/unifiedconfig/config/campaign/5999"}, "invalidReference"),
    ],
)
def test_parameters_outside_their_bounds(api, agent, name, value, error, settings):
    settings.SERVER_TIME_ZONE = "America/New_York"
    answer = create(api, **{name: value})

    assert (answer.status_code, errors_of(answer)) == (400, [(f"invalidInput.{error}", name)])
    assert not PersonalCallback.objects.exists()


def test_all_errors_are_reported_at_once(api, agent):
    answer = create(api, phone="x", maxAttempts="x", callbackDateTime="x", lastName="x" * 51)

    assert [name for _, name in errors_of(answer)] == ["phone", "maxAttempts", "callbackDateTime", "lastName"]


def test_names_of_any_script_come_back_as_they_were_sent(api, agent):
    create(api, firstName="Ἀθηνᾶ 😀", lastName="O'Brien & <Söhne>", accountNumber="№ 0012")
    answer = api.get(url(PersonalCallback.objects.get()))

    assert answer.tree.findtext("firstName") == "Ἀθηνᾶ 😀"
    assert answer.tree.findtext("lastName") == "O'Brien & <Söhne>"
    assert answer.tree.findtext("accountNumber") == "№ 0012"


def test_what_was_read_can_be_put_back_unchanged(api, agent, campaign):
    callback = PersonalCallbackFactory(campaign=campaign, agent=agent, max_attempts=0, closed=True)
    agent.mark_deleted()
    campaign.mark_deleted()
    answer = api.put(url(callback), api.get(url(callback)).content)

    assert (answer.status_code, answer.content) == (200, b"")
    changed = PersonalCallback.objects.get()
    assert changed.change_stamp == 1
    assert changed.callback_date_time == callback.callback_date_time


def test_an_update_keeps_what_it_does_not_name(api, agent):
    callback = PersonalCallbackFactory(agent=agent, first_name="Ana", last_name="Silva")
    answer = api.put(url(callback), xml_of("personalCallback", {"lastName": "Souza", "firstName": ""}))

    assert answer.status_code == 200
    changed = PersonalCallback.objects.get()
    assert (changed.first_name, changed.last_name, changed.phone) == ("", "Souza", callback.phone)


@pytest.mark.parametrize(("stamp", "status"), [(None, 200), ("3", 200), ("2", 400), ("x", 400)])
def test_the_change_stamp_is_checked_when_it_is_sent(api, agent, stamp, status):
    callback = PersonalCallbackFactory(agent=agent, change_stamp=3)
    members = {"lastName": "Souza"} | ({"changeStamp": stamp} if stamp else {})
    answer = api.put(url(callback), xml_of("personalCallback", members))

    assert answer.status_code == status
    assert PersonalCallback.objects.get().last_name == ("Souza" if status == 200 else "")
    if stamp == "2":
        assert errors_of(answer) == [("invalidInput.changeStampMismatch", "changeStamp")]


@pytest.mark.parametrize("request_", ["PUT", "DELETE"])
@pytest.mark.parametrize("path", ["personalcallback/{}", "campaign/personalcallback/{}"])
def test_an_active_callback_is_neither_changed_nor_deleted(api, agent, request_, path):
    callback = PersonalCallbackFactory(agent=agent, active=True)
    body = xml_of("personalCallback", {"callStatus": "pending", "lastName": "Souza"})
    answer = api.request(request_, path.format(callback.pk), body)

    assert (answer.status_code, errors_of(answer)) == (400, [("invalidInput.callbackActive", None)])
    assert "cannot be changed or deleted" in answer.tree.findtext("apiError/errorMessage")
    stored = PersonalCallback.objects.get()
    assert (stored.call_status, stored.last_name) == ("A", "")


@pytest.mark.parametrize("status", ["active", "unknown"])
def test_a_status_that_only_dialers_set_is_not_taken_from_a_client(api, agent, status):
    assert create(api, callStatus=status).status_code == 201
    callback = PersonalCallback.objects.get()
    assert callback.call_status == "P"
    PersonalCallback.objects.update(call_status="C")

    body = xml_of("personalCallback", {"callStatus": status, "lastName": "Souza"})
    assert api.put(url(callback), body).status_code == 200
    callback.refresh_from_db()
    assert (callback.call_status, callback.last_name) == ("C", "Souza")

    assert api.put(url(callback), xml_of("personalCallback", {"callStatus": "pending"})).status_code == 200
    assert api.delete(url(callback)).status_code == 200


def test_a_deleted_callback_is_gone_for_good(api, agent):
    callback = PersonalCallbackFactory(agent=agent)

    assert (api.delete(url(callback)).status_code, api.delete(url(callback)).status_code) == (200, 404)
    assert errors_of(api.get(url(callback))) == [("notFound.dbData", None)]
    assert api.put(url(callback), xml_of("personalCallback", {})).status_code == 404


def test_the_address_of_the_texts_example_is_an_alias(api, agent):
    callback = PersonalCallbackFactory(agent=agent)
    alias = f"campaign/personalcallback/{callback.pk}"

    assert api.get(alias).content == api.get(url(callback)).content
    assert api.put(alias, xml_of("personalCallback", {"lastName": "Souza"})).status_code == 200
    assert api.delete(alias).status_code == 200
    assert not PersonalCallback.objects.exists()


def test_deleted_agents_and_campaigns_get_no_new_callbacks(api, agent, campaign):
    agent.mark_deleted()
    campaign.mark_deleted()
    answer = create(api, campaign={"refURL": campaign.ref_url})

    assert errors_of(answer) == [
        ("invalidInput.invalidReference", "agent"),
        ("invalidInput.invalidReference", "campaign"),
    ]
    callback = PersonalCallbackFactory()
    answer = api.put(url(callback), xml_of("personalCallback", {"agent": {"refURL": agent.ref_url}}))
    assert errors_of(answer) == [("invalidInput.invalidReference", "agent")]


@pytest.mark.parametrize(
    ("user", "reads", "creates", "updates", "deletes"),
    [
        ("alice", 200, 201, 200, 200),
        ("sam", 200, 403, 403, 403),
        ("lou", 403, 403, 403, 403),
        ("nina", 403, 403, 403, 403),
    ],
)
def test_who_may_do_what(request, api_as, agent, user, reads, creates, updates, deletes):
    api = api_as(request.getfixturevalue(user))
    callback = PersonalCallbackFactory(agent=agent)

    assert api.get("personalcallback").status_code == reads
    assert api.get(url(callback)).status_code == reads
    assert create(api).status_code == creates
    assert api.put(url(callback), xml_of("personalCallback", {})).status_code == updates
    assert api.delete(url(callback)).status_code == deletes


def test_the_list_shows_each_user_what_they_may_write(api_as, nina, agent):
    Group.objects.get(name="supervisor").user_set.add(nina)
    nina.user_permissions.add(Permission.objects.get(codename="add_personalcallback"))
    info = api_as(nina).get("personalcallback", accept=JSON).json()["permissionInfo"]

    assert info == {"canCreate": True, "canUpdate": False, "canDelete": False, "role": "administrator"}


def test_a_list_costs_a_constant_number_of_queries(api, campaign, django_assert_num_queries):
    PersonalCallbackFactory.create_batch(30, campaign=campaign)
    api.get("personalcallback")
    for size in (1, 30):
        # Three for the signed-in user and the permissions, one to count, one for the page.
        with django_assert_num_queries(5):
            answer = api.get(f"personalcallback?resultsPerPage={size}")
        assert len(answer.tree.find("personalCallbacks")) == size


def test_an_empty_list_has_its_wrapper(api):
    assert len(api.get("personalcallback").tree.find("personalCallbacks")) == 0
    assert api.get("personalcallback", accept=JSON).json()["personalCallbacks"] == [{"personalCallback": []}]


def test_every_change_is_in_the_history_with_its_author(api, agent):
    create(api)
    callback = PersonalCallback.objects.get()
    api.put(url(callback), xml_of("personalCallback", {"lastName": "Souza"}))
    api.delete(url(callback))

    rows = PersonalCallback.history.order_by("pk")
    assert [(row.history_type, row.last_name) for row in rows] == [("+", ""), ("~", "Souza"), ("-", "Souza")]
    assert {row.history_user.username for row in rows} == {"alice@cce.example"}
