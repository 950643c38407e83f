"""Objects for tests. States are named; what a test does not name is of no matter to it."""

from datetime import date, time, timedelta

import factory
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import F
from django.utils import timezone
from factory.django import DjangoModelFactory

from callbacks.models import Agent, CallbackStatus, PersonalCallback
from campaigns.models import Campaign, CampaignSkillGroup, Contact, ImportJob, Origin, SkillGroup
from dnc.models import FileImport, ImportRule
from timezones.models import TimeZone, ZoneSet

PASSWORD = "correct horse battery staple"


class UserFactory(DjangoModelFactory):
    """`UserFactory(roles=["supervisor"])`, `UserFactory(permissions=["campaign_contact"])`"""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}@cce.example")
    password = PASSWORD
    is_staff = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)

    @factory.post_generation
    def roles(user, create, names):
        user.groups.set(Group.objects.filter(name__in=names or []))

    @factory.post_generation
    def permissions(user, create, codenames):
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames or []))


class SkillGroupFactory(DjangoModelFactory):
    class Meta:
        model = SkillGroup

    class Params:
        deleted = factory.Trait(deleted_at=factory.LazyFunction(timezone.now))

    name = factory.Sequence(lambda n: f"Group{n}")


class AgentFactory(DjangoModelFactory):
    class Meta:
        model = Agent

    class Params:
        deleted = factory.Trait(deleted_at=factory.LazyFunction(timezone.now))

    agent_id = factory.Sequence(lambda n: str(1000 + n))
    first_name = "Rosa"
    last_name = "Keller"
    user_name = factory.Sequence(lambda n: f"rkeller{n}")


class CampaignFactory(DjangoModelFactory):
    """A campaign made through the API, off, in dates that are long; `skill_groups=[...]` belong to it."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    class Params:
        zone = "UTC"
        tool = factory.Trait(origin=Origin.CAMPAIGN_TOOL)
        on = factory.Trait(enabled=True, dialing_mode="PROGRESSIVEONLY")
        deleted = factory.Trait(deleted_at=factory.LazyFunction(timezone.now))

    name = factory.Sequence(lambda n: f"Campaign{n}")
    origin = Origin.API
    time_zone = factory.LazyAttribute(lambda campaign: TimeZone.objects.get(name=campaign.zone))
    start_date = date(2020, 1, 1)
    end_date = date(2040, 12, 31)
    start_time = time(8)
    end_time = time(21)

    @factory.post_generation
    def skill_groups(campaign, create, groups):
        for group in groups or []:
            CampaignSkillGroup.objects.create(campaign=campaign, skill_group=group)


class ImportRuleFactory(DjangoModelFactory):
    """A rule whose file lies in the first root that the settings allow."""

    class Meta:
        model = ImportRule

    name = factory.Sequence(lambda n: f"registry{n}")
    file_path = factory.LazyAttribute(lambda rule: str(settings.DNC_ROOTS[0] / f"{rule.name}.txt"))


class FileImportFactory(DjangoModelFactory):
    class Meta:
        model = FileImport

    origin = FileImport.Origin.COMMAND
    path = "/nowhere/list.txt"
    file_name = "list.txt"
    afterwards = FileImport.Afterwards.KEEP


class PersonalCallbackFactory(DjangoModelFactory):
    """A pending callback of tomorrow."""

    class Meta:
        model = PersonalCallback

    class Params:
        active = factory.Trait(call_status=CallbackStatus.ACTIVE)
        closed = factory.Trait(call_status=CallbackStatus.CLOSED)

    agent = factory.SubFactory(AgentFactory)
    phone = factory.Sequence(lambda n: f"555{n:07}")
    callback_date_time = factory.LazyFunction(
        lambda: timezone.now().replace(microsecond=0) + timedelta(days=1)
    )


class ImportJobFactory(DjangoModelFactory):
    class Meta:
        model = ImportJob

    campaign = factory.SubFactory(CampaignFactory)
    source = "upload"
    state = "succeeded"


class ContactFactory(DjangoModelFactory):
    """`ContactFactory(campaign=..., phones=["2125550100"], zone="300d")`"""

    class Meta:
        model = Contact
        skip_postgeneration_save = True

    class Params:
        zone = "0"

    campaign = factory.SubFactory(CampaignFactory)
    job = factory.SubFactory(ImportJobFactory, campaign=factory.SelfAttribute("..campaign"))
    account_number = first_name = last_name = ""
    zone_set = factory.LazyAttribute(
        lambda contact: ZoneSet.objects.get_or_create(members=contact.zone, campaign=None)[0]
    )
    account_key = factory.LazyAttribute(lambda contact: contact.account_number.lower())
    search_text = factory.LazyAttribute(
        lambda contact: "\x1f".join([contact.account_number, contact.first_name, contact.last_name]).lower()
    )

    @factory.post_generation
    def counted(contact, create, extracted):
        ImportJob.objects.filter(pk=contact.job.pk).update(rows_present=F("rows_present") + 1)

    @factory.post_generation
    def phones(contact, create, numbers):
        for position, number in enumerate(numbers if numbers is not None else ["2125550100"], 1):
            contact.phones.create(
                position=position,
                number=number,
                zone_set=contact.zone_set,
                zone_source="C",
            )
