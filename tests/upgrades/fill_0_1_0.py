"""Fills an empty database of release 0.1.0 with rows of every table; README.md says how it was run.

It runs in a checkout of that release and is kept to show where the stored databases come from. All names and
numbers are made up.
"""

import os
from datetime import UTC, datetime, timedelta

import django
import time_machine

os.environ["DJANGO_SETTINGS_MODULE"] = "outbound_site.settings"
START = datetime(2026, 1, 15, 15, tzinfo=UTC)


def fill(clock):
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("seed")
    people()
    campaigns = make_campaigns()
    load_lists(campaigns)
    do_not_call(clock)
    stop_and_resume(campaigns, clock)
    place_calls(campaigns, clock)
    every_status(campaigns)
    personal_callbacks(campaigns, clock)
    clock.shift(timedelta(minutes=1))
    hold_leases(campaigns)
    odds_and_ends(campaigns)
    failed_sign_ins()
    check_every_table()


def people():
    from django.contrib.auth.models import Permission

    from outbound_site.administrator import make_administrator
    from outbound_site.models import Role
    from tests.factories import PASSWORD, UserFactory

    make_administrator("administrator@localhost", PASSWORD)
    UserFactory(username="sam@cce.example", roles=["supervisor"])
    dialer = UserFactory(username="dialer@cce.example", is_staff=False, permissions=["use_dialer_interface"])
    role = Role.objects.create(name="night shift")
    role.permissions.add(Permission.objects.get(codename="campaign_contact"))
    dialer.groups.add(role)


def api():
    from tests.api_client import Api

    return Api("administrator@localhost")


def ok(answer):
    assert answer.status_code < 300, answer.content
    return answer


def make_campaigns():
    from campaigns.models import Campaign, SkillGroup
    from tests.api_client import xml_of
    from tests.factories import AgentFactory, CampaignFactory, SkillGroupFactory

    for name, group in zip(["Renewals", "Surveys"], SkillGroup.objects.all(), strict=False):
        body = xml_of(
            "campaign",
            {
                "name": name,
                "timeZone": {"refURL": "/unifiedconfig/config/timezone/Eastern%20Standard%20Time"},
                "dialingMode": "PROGRESSIVEONLY",
                "startDate": "2020-01-01",
                "endDate": "2040-12-31",
                "startTime": "00:00",
                "endTime": "00:00",
                "campaignPrefix": "9",
                "enabled": True,
                "skillGroupInfos": {
                    "skillGroupInfo": {
                        "skillGroup": {"refURL": f"/unifiedconfig/config/skillgroup/{group.pk}"}
                    }
                },
            },
        )
        ok(api().post("campaign", body))
    all_day = {"on": True, "start_time": "00:00", "end_time": "00:00"}
    CampaignFactory(name="Tool", tool=True, zone="India Standard Time", **all_day)
    CampaignFactory(name="Office hours", tool=True, zone="W. Europe Standard Time", start_time="09:00")
    CampaignFactory(name="Gone", deleted=True)
    SkillGroupFactory(name="GoneGroup", deleted=True)
    AgentFactory(agent_id="9999", deleted=True)
    return {campaign.name: campaign for campaign in Campaign.objects.all()}


def load_lists(campaigns):
    """Phones zoned by their row, by region prefix and, where no prefix fits, by their campaign."""
    from django.core.management import call_command

    from campaigns.models import Contact
    from tests.api_client import xml_of

    header = "AccountNumber,FirstName,LastName,Phone01,Phone02,TimeZoneBias,DstObserved"
    lists = {
        "Renewals": [
            *(f"R{n:03},Ana,Silva,21255501{n:02},31255501{n:02},," for n in range(40)),
            *(f"N{n:03},Zoë,Muñoz,55501002{n:02},,," for n in range(10)),
            "B001,Henry,Martin,2125550170,2135550170,300,true",
            # One number in two columns.
            "T001,Li,Wei,2125550171,2125550171,,",
            # Twice in this list, and in the other one.
            "D001,Kim,Lee,2125550180,,,",
            "D002,Kim,Lee,2125550180,,,",
        ],
        "Surveys": [
            "D003,Kim,Lee,2125550180,,,",
            *(f"S{n:03},Ole,Berg,55501003{n:02},,," for n in range(10)),
        ],
    }
    for name, lines in lists.items():
        body = xml_of("import", {"fileContent": "\n".join([header, *lines]), "delimiter": ","})
        ok(api().post(f"campaign/{campaigns[name].pk}/import", body))
    path = os.path.join(os.environ["DATA_DIR"], "tool.csv")
    with open(path, "w") as file:
        file.write("AccountNumber,Phone01\n" + "".join(f"I{n:03},55501004{n:02}\n" for n in range(12)))
    call_command("import_contacts", "Tool", path)
    by_source = set(Contact.objects.values_list("phones__zone_source", flat=True))
    assert by_source == {"R", "P", "C"}, by_source


def do_not_call(clock):
    from django.conf import settings
    from django.contrib.auth.models import User

    from dnc import do_not_call_list, file_import, file_scan
    from dnc.models import FileImport
    from tests.api_client import xml_of
    from tests.factories import FileImportFactory

    directory = settings.DNC_ROOTS[0]
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "registry.txt").write_text("2125550105\n2125550106\n911\n5550100,12\nletters\n")
    for name in ["registry", "missing"]:
        ok(api().post("dnc", xml_of("dnc", {"name": name, "filePath": str(directory / f"{name}.txt")})))
    for _ in range(3):
        file_scan.scan_rules()
        file_import.run_waiting()
        clock.shift(timedelta(minutes=2))
    assert FileImport.objects.get().in_force
    user = User.objects.get(username="sam@cce.example")
    do_not_call_list.add(["2125550107", "2125550108"], user, "asked by letter")
    do_not_call_list.remove(["2125550108"], user, "a mistake")
    FileImportFactory(path=str(directory / "next.txt"), file_name="next.txt")


def stop_and_resume(campaigns, clock):
    from django.contrib.auth.models import User

    from dialing.emergency_stop import finish_recalls, resume, stop_all_campaigns
    from dialing.record_feed import claim_records

    user = User.objects.get(username="sam@cce.example")
    claim_records("north", campaigns["Renewals"].pk, 3)
    report = stop_all_campaigns(user)
    finish_recalls()
    clock.shift(timedelta(minutes=1))
    resume(report, user)


def place_calls(campaigns, clock):
    """Results of most kinds; regular and personal callbacks asked for, kept, missed and retried."""
    from dialing.calls import Result, mark_dialed, report_results

    from dialing.models import CampaignManagerOptions
    from dialing.record_feed import claim_records

    options = CampaignManagerOptions.load()
    options.talk_to_me = True
    campaign = campaigns["Renewals"]
    codes = [10, 8, 9, 12, 14, 14, 15, 16, 17, 19, 21, 23, 24, 25, 11, 3, 33]
    records = claim_records("north", campaign.pk, len(codes))
    assert len(records) == len(codes)
    at = clock.now + timedelta(hours=1)
    for record, code in zip(records, codes, strict=True):
        mark_dialed("north", record.lease.pk)
        callback = {"callback_at": at, "callback_number": ""} if code in (14, 15) else {}
        result = Result(record.lease.pk, code, agent="1001", talk_seconds=60, wrapup_seconds=5, **callback)
        assert report_results("north", [result]) == ["accepted"], code
    # One of the callbacks is called at its time and found busy: it has a second time, of a retry.
    clock.shift(timedelta(hours=1, minutes=1))
    [first] = claim_records("south", campaign.pk, 1)
    assert first.lease.status_before == "B"
    mark_dialed("south", first.lease.pk)
    report_results("south", [Result(first.lease.pk, 9)])


def every_status(campaigns):
    from django.utils import timezone

    from campaigns.models.contact import CallStatus
    from tests.factories import ContactFactory

    for number, status in enumerate(CallStatus.values):
        for calls in (0, 2):
            ContactFactory(
                campaign=campaigns["Office hours"],
                account_number=f"E-{status}-{calls}",
                status=status,
                calls_made=calls,
                callback_at=timezone.now() + timedelta(days=1) if status in "RBS" else None,
                callback_number="2125550199" if status == "B" and calls else "",
                phones=[f"21255503{number}{calls}"],
            )


def personal_callbacks(campaigns, clock):
    from dialing.calls import Result, mark_dialed, report_results

    from callbacks.models import Agent, PersonalCallback
    from dialing.personal_callbacks import claim_callbacks
    from tests.api_client import xml_of
    from tests.factories import PersonalCallbackFactory

    agent = Agent.objects.get(agent_id="1001")
    for number in range(3):
        members = {
            "agent": {"refURL": f"/unifiedconfig/config/agent/{agent.pk}"},
            "campaign": {"refURL": f"/unifiedconfig/config/campaign/{campaigns['Surveys'].pk}"},
            "phone": f"212555015{number}",
            "maxAttempts": 3,
            "callbackDateTime": f"{clock.now + timedelta(minutes=30):%Y-%m-%dT%H:%M:%SZ}",
        }
        ok(api().post("personalcallback", xml_of("personalCallback", members)))
    for row in [{"closed": True}, {"active": True}, {"max_attempts": 0}, {"campaign": campaigns["Tool"]}]:
        PersonalCallbackFactory(agent=agent, **row)
    clock.shift(timedelta(minutes=31))
    records = claim_callbacks("south", ["1001"], 2)
    mark_dialed("south", records[0].lease.pk)
    report_results("south", [Result(records[0].lease.pk, 8, agent="1001")])
    changed = PersonalCallback.objects.first()
    changed.last_name = "Silva"
    changed.save()


def hold_leases(campaigns):
    """Open leases: active, dialed, unknown, and of a personal callback; three for one number."""
    from dialing.calls import mark_dialed

    from dialing.leases import set_status
    from dialing.models import Lease, LeaseState
    from dialing.models.lease import OPEN_STATES
    from dialing.record_feed import claim_records

    held = claim_records("north", campaigns["Renewals"].pk, 100)
    held += claim_records("south", campaigns["Surveys"].pk, 6)
    same = Lease.objects.filter(state__in=OPEN_STATES, number="2125550180").order_by("granted_at", "pk")
    assert same.count() == 3, [record.lease.number for record in held]
    others = [record.lease for record in held if record.lease.number != "2125550180"]
    mark_dialed(same[1].dialer.name, same[1].pk)
    mark_dialed(others[0].dialer.name, others[0].pk)
    lost = others[1]
    Lease.objects.filter(pk=lost.pk).update(state=LeaseState.UNKNOWN, ended_at=lost.granted_at)
    set_status([lost], "U")


def odds_and_ends(campaigns):
    from campaigns.file_import import CONTACTS
    from django.contrib.admin.models import CHANGE, LogEntry
    from django.contrib.auth.models import User
    from django.core.files.base import ContentFile
    from outbound_site.bulk.uploads import prepare
    from outbound_site.health import record_heartbeat

    from callbacks.models import Agent, CallbackImport
    from campaigns.configuration import SkillGroupChange, update_campaign
    from campaigns.models import Campaign, ImportJob, SkillGroup
    from outbound_site.models import RequestPlace
    from tests.factories import ImportJobFactory
    from timezones.models import RegionPrefix

    user = User.objects.get(username="sam@cce.example")
    campaign = Campaign.objects.get(pk=campaigns["Tool"].pk)
    update_campaign(
        campaign.pk,
        campaign.change_stamp,
        {"max_attempts": 5},
        SkillGroupChange(add=[{"skill_group": SkillGroup.objects.last()}]),
    )
    prepare(
        CONTACTS,
        ImportJob(campaign=campaign, user=user),
        ContentFile(b"Name,Phone\nAna,2125550190\n", "a.csv"),
    )
    ImportJobFactory(campaign=campaign, state="failed")
    CallbackImport.objects.create(
        source="upload", state="succeeded", file_name="callbacks.csv", rows_stored=2
    )
    RegionPrefix.objects.create(prefix="1555", region="Nowhere", zone_set_id=1, own=True)
    Agent.objects.get(agent_id="1002").save()
    record_heartbeat()
    RequestPlace.objects.create(lane="campaign", alive_until=START)
    api().client.force_login(User.objects.get(username="administrator@localhost"))
    LogEntry.objects.log_actions(user.pk, [campaign], CHANGE, "Changed maximum attempts.")


def failed_sign_ins():
    from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog, AccessLog
    from django.utils import timezone

    signs = {"username": "mallory", "ip_address": "192.0.2.7", "path_info": "/admin/login/"}
    attempt = AccessAttempt.objects.create(**signs, failures_since_start=3)
    AccessAttemptExpiration.objects.create(
        access_attempt=attempt, expires_at=timezone.now() + timedelta(minutes=15)
    )
    AccessFailureLog.objects.create(**signs, locked_out=True)
    AccessLog.objects.create(**signs)


def check_every_table():
    from django.apps import apps

    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    empty = [model._meta.label for model in models if not model._base_manager.exists()]
    assert not empty, empty


if __name__ == "__main__":
    django.setup()
    from django.test.utils import setup_test_environment

    setup_test_environment()
    with time_machine.travel(START, tick=True) as traveller:

        class Clock:
            @property
            def now(self):
                return datetime.now(UTC)

            shift = staticmethod(traveller.shift)

        fill(Clock())
