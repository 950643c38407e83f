"""What there is to find in the demo beside what dials: a campaign that is over, a number that must not be
called, callbacks of tomorrow, an import with rows that were refused."""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from callbacks import scheduling
from callbacks.models import Agent, PersonalCallback
from campaigns.configuration import SkillGroupChange, create_campaign
from campaigns.contact_file_import import CONTACTS
from campaigns.models import Campaign, ImportJob, Origin
from campaigns.models.campaign import DialingMode
from dnc import do_not_call_list
from outbound_site.core.server_time import to_utc, today
from outbound_site.imports.uploads import import_prepared, prepare
from timezones.models import TimeZone

OVER = "demo.renewal"
LISTED = "2125550100"
# Hours of the day, agent and customer of tomorrow's callbacks.
CALLBACKS = [(9, "1001", "Iris Costa"), (11, "1001", "Hugo Fischer"), (14, "1012", "Ada Jansen")]
ROWS = """Account,First name,Last name,Phone
20001,Elif,Hansen,2125550111
20002,Ben,Garcia,212-555-0112
20003,Grace,Ito,2125550113
20004,Dev,Abara,
20005,Carla,Duval,3125550115
"""


def prepare_examples(user: Any) -> None:
    """Make what is missing, in the name of that user."""
    do_not_call_list.add([LISTED], user, "asked by letter not to be called")
    if not Campaign.objects.filter(name=OVER).exists():
        import_with_bad_rows(make_campaign(), user)
    tomorrow = today() + timedelta(days=1)
    for hour, agent_id, name in CALLBACKS:
        make_callback(to_utc(datetime.combine(tomorrow, time(hour))), agent_id, *name.split())


def make_campaign() -> Campaign:
    """On, with contacts, and yet it does not dial: its last day is over."""
    values = {
        "name": OVER,
        "description": "Progressive, until yesterday",
        "time_zone": TimeZone.objects.get(name="Eastern Standard Time"),
        "enabled": True,
        "dialing_mode": DialingMode.PROGRESSIVE,
        "start_date": today() - timedelta(days=30),
        # A day more than any zone is apart from the server's.
        "end_date": today() - timedelta(days=2),
    }
    return create_campaign(Origin.CAMPAIGN_TOOL, values, SkillGroupChange(replace=[]))


def import_with_bad_rows(campaign: Campaign, user: Any) -> None:
    """As in the browser: the file is looked at first and its bad rows are handed back."""
    file = SimpleUploadedFile("renewals.csv", ROWS.encode())
    job = prepare(CONTACTS, ImportJob(campaign=campaign, user=user), file)
    import_prepared(CONTACTS, job, skip_bad=True)


def make_callback(at: datetime, agent_id: str, first_name: str, last_name: str) -> None:
    agents: Any = Agent.objects
    agent = agents.active().get(agent_id=agent_id)
    who = {"agent": agent, "first_name": first_name, "last_name": last_name}
    if not PersonalCallback.objects.filter(callback_date_time=at, **who).exists():
        scheduling.schedule({**who, "callback_date_time": at, "phone": f"21255502{at.hour:02}"})
