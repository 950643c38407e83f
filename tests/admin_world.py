"""Something of every kind that the admin shows, and the addresses of all its pages."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.apps import apps
from django.core.files.base import ContentFile
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from django.utils import timezone

from callbacks.models import CallbackImport
from campaigns.configuration import SkillGroupChange, update_campaign
from campaigns.contact_file_import import CONTACTS
from campaigns.models import BlendedAgentOptions, ImportJob
from dialing.emergency_stop import stop_all_campaigns
from dialing.models import CampaignManagerOptions
from dialing.record_feed import claim_records
from dnc import do_not_call_list
from outbound_site.core.models import Role
from outbound_site.imports.uploads import prepare
from tests.dialing.worlds import contact_of
from tests.factories import (
    AgentFactory,
    CampaignFactory,
    FileImportFactory,
    ImportJobFactory,
    ImportRuleFactory,
    PersonalCallbackFactory,
    SkillGroupFactory,
)
from timezones.models import RegionPrefix, ZoneSet

ALL_DAY = {"on": True, "start_time": "00:00", "end_time": "00:00"}
LIST = b"Name,Mobile\nAna,2125550100\n=1+1,555-0101\n"
# Parts of pages, files, and what is only posted.
NO_PAGES = ("_progress", "_board", "_list_file", "_rows", "_rejects", "_export", "_switch", "_resume")


def furnish(user):
    """Everything in the name of that user. What was stopped stays off but for one campaign."""
    first, second = SkillGroupFactory.create_batch(2)
    stopped = CampaignFactory(name="Renewals", tool=True, skill_groups=[first], **ALL_DAY)
    contact_of(stopped, account_number="6782", first_name="Henry", last_name="Martin")
    claim_records("north", stopped.pk, 1)
    stop_all_campaigns(user)
    CampaignFactory(name="W" * 32, skill_groups=[second], **ALL_DAY)
    update_campaign(stopped.pk, 1, {"max_attempts": 5}, SkillGroupChange())
    callbacks(stopped)
    imports(user, stopped)
    do_not_call(user)
    for factory in (CampaignFactory, SkillGroupFactory, AgentFactory):
        factory(deleted=True)
    zone_set = ZoneSet.objects.get_or_create(members="360d 300d", campaign=None)[0]
    RegionPrefix.objects.create(prefix="1212", region="New York", zone_set=zone_set)
    Role.objects.create(name="night shift")
    AccessAttempt.objects.create(
        username="mallory", ip_address="192.0.2.7", path_info="/admin/login/", failures_since_start=3
    )
    BlendedAgentOptions.load()
    CampaignManagerOptions.load()


def callbacks(campaign):
    rosa = AgentFactory(agent_id="4711")
    now = timezone.now()
    PersonalCallbackFactory(agent=rosa, callback_date_time=now - timedelta(hours=2))
    PersonalCallbackFactory(agent=rosa, last_name="Silva", campaign=campaign)


def imports(user, campaign):
    done = ImportJobFactory(
        campaign=campaign, user=user, file_name="march.csv", rows_read=3, rows_stored=2, rows_bad=1
    )
    done.rejects.save("rejects.csv", ContentFile(b"Line,Errors\r\n3,no phone\r\n"))
    prepare(CONTACTS, ImportJob(campaign=campaign, user=user), ContentFile(LIST, "april.csv"))
    CallbackImport.objects.create(
        source="upload", state="succeeded", file_name="callbacks.csv", rows_stored=2
    )


def do_not_call(user):
    ImportRuleFactory(name="registry", problem="The file is gone")
    FileImportFactory(
        state="succeeded", finished_at=timezone.now(), rejected=1, rejected_by_reason={"letters": 1}
    )
    do_not_call_list.add(["2125550100", "2125550199"], user, "asked by letter")
    do_not_call_list.remove(["2125550199"], user, "a mistake")


def addresses():
    """Every page of the admin, with the first item of its kind where it is about one."""
    urls = next(part for part in get_resolver().url_patterns if getattr(part, "namespace", "") == "admin")
    named = [part for part in urls.url_patterns if isinstance(part, URLPattern)]
    for of_model in (part.url_patterns for part in urls.url_patterns if part not in named):
        named += of_model
    return [reverse("admin:index"), *sorted(filter(None, map(address, named)))]


def address(pattern):
    name = getattr(pattern, "name", None) or ""
    if name.endswith(NO_PAGES) or "_" not in name:
        return None
    for arguments in ([], item_of(name)):
        try:
            return reverse(f"admin:{name}", args=arguments)
        except NoReverseMatch:
            continue
    return None


def item_of(name):
    """The key of the item that a page of this name may be about: `campaigns_importjob_undo`."""
    if name in ("dialing_campaign", "dialing_dry_run", "dialing_contact"):
        name = "campaigns_contact" if name == "dialing_contact" else "campaigns_campaign"
    for model in apps.get_models():
        if name.startswith(f"{model._meta.app_label}_{model._meta.model_name}"):
            items = model._default_manager.order_by("pk")
            if name.endswith("_preview"):
                items = items.filter(state="prepared")
            marked = {"deleted_at__isnull": not model._meta.model_name.startswith("deleted")}
            if hasattr(model, "deleted_at"):
                items = items.filter(**marked)
            return list(items.values_list("pk", flat=True)[:1])
    return []
