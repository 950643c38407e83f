"""What may be done to campaigns: the one function for each operation, for API and admin alike."""

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from campaigns.dialing_list import lock_list, remove_contacts
from campaigns.models import BlendedAgentOptions, Campaign, CampaignSkillGroup
from campaigns.models.campaign import MAX_SKILL_GROUPS
from campaigns.skill_groups import lock_skill_groups
from outbound_site.core.errors import in_use
from outbound_site.core.versions import claim_version
from timezones.models import TimeZone, ZoneSet

# Analysis times that a new campaign takes from the options row.
OPTIONS_OF_ANALYSIS = (
    "min_silence_period",
    "analysis_period",
    "minimum_valid_speech",
    "max_time_analysis",
    "max_term_tone_analysis",
)


@dataclass(frozen=True)
class SkillGroupChange:
    """Skill groups by `{attribute: value}`: a whole set, or those to add and the ids to remove."""

    replace: Iterable[Mapping[str, Any]] | None = None
    add: Iterable[Mapping[str, Any]] = ()
    remove: Iterable[int] = ()


def create_campaign(origin: str, values: Mapping[str, Any], skill_groups: SkillGroupChange) -> Campaign:
    """Store a new campaign; what is not given comes from the options row. Raises ValidationError."""
    campaign = Campaign(origin=origin, **values)
    fill_defaults(campaign, values)
    with transaction.atomic():
        _save_checked(campaign, skill_groups)
    return campaign


def update_campaign(
    pk: int, change_stamp: int, values: Mapping[str, Any], skill_groups: SkillGroupChange
) -> Campaign:
    """Change what is given of the campaign in that version. Raises ValidationError, also when it is stale."""
    with transaction.atomic():
        claim_version(Campaign.objects.active().filter(pk=pk), change_stamp)
        campaign = Campaign.objects.get(pk=pk)
        for name, value in values.items():
            setattr(campaign, name, value)
        _save_checked(campaign, skill_groups)
    return campaign


def delete_campaign(campaign: Campaign) -> None:
    """Mark the campaign deleted, drop its contacts and free its skill groups; the name stays taken until it
    is purged.
    """
    with transaction.atomic():
        lock_list(campaign.pk)
        remove_contacts(campaign)
        # What was read before this lock may have changed since, the skill groups too.
        locked = Campaign.objects.active().select_for_update().filter(pk=campaign.pk).first()
        if locked is None:
            return
        for info in locked.skill_group_infos.all():
            info.delete()
        locked.enabled = False
        locked.change_stamp += 1
        locked.mark_deleted()


def fill_defaults(campaign: Campaign, given: Mapping[str, Any]) -> None:
    """Hours and analysis times from the options row; dates: today in the campaign's zone, and a year after
    the later of start and today.
    """
    options = BlendedAgentOptions.load()
    for name in OPTIONS_OF_ANALYSIS:
        if name not in given:
            setattr(campaign, name, getattr(options, name))
    campaign.start_time = given.get("start_time", options.dial_start)
    campaign.end_time = given.get("end_time", options.dial_end)
    today = today_in(campaign.time_zone)
    if "start_date" not in given:
        campaign.start_date = min(today, given.get("end_date", today))
    if "end_date" not in given:
        campaign.end_date = a_year_after(max(campaign.start_date, today))


def today_in(time_zone: TimeZone) -> Any:
    return datetime.now(
        ZoneInfo(time_zone.iana) if time_zone.iana else timezone.get_default_timezone()
    ).date()


def a_year_after(day: Any) -> Any:
    """The same day of the next year; 28 February after a leap day, the same day at the end of time."""
    if day.year == 9999:
        return day
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _save_checked(campaign: Campaign, skill_groups: SkillGroupChange) -> None:
    """Validate and store campaign and skill groups; a race for a name that the constraint ends gives the
    same error.
    """
    try:
        with transaction.atomic():
            campaign.clean()
            campaign.save()
            ZoneSet.objects.change_zones({campaign.pk: campaign.time_zone.zone})
            _apply_skill_groups(campaign, skill_groups)
    except IntegrityError:
        # The other transaction has committed, so that the check finds now what it did not find before.
        campaign.clean()
        raise


def follow_time_zones(**kwargs: Any) -> None:
    """Receiver of `time_zones_loaded`: contacts that have their campaign's zone have it as it is now."""
    campaigns = Campaign.objects.select_related("time_zone")
    ZoneSet.objects.change_zones({campaign.pk: campaign.time_zone.zone for campaign in campaigns})


def _wanted_skill_groups(
    campaign: Campaign, change: SkillGroupChange
) -> tuple[dict[int, CampaignSkillGroup], dict[int, CampaignSkillGroup]]:
    """The rows that stand and those that shall stand, by skill group; known rows keep what is not given."""
    current = {row.skill_group_id: row for row in CampaignSkillGroup.objects.filter(campaign=campaign)}
    given = list(change.add if change.replace is None else change.replace)
    wanted = {} if change.replace is not None else dict(current)
    for pk in change.remove:
        wanted.pop(pk, None)
    for values in given:
        group = values["skill_group"]
        known = current.get(group.pk)
        row = copy(known) if known else CampaignSkillGroup(campaign=campaign, skill_group=group)
        for name, value in values.items():
            setattr(row, name, value)
        wanted[group.pk] = row
    return current, wanted


def _apply_skill_groups(campaign: Campaign, change: SkillGroupChange) -> None:
    if change == SkillGroupChange():
        return
    current, wanted = _wanted_skill_groups(campaign, change)
    _check_skill_groups(campaign, wanted, lock_skill_groups({*current, *wanted}))
    for pk, row in current.items():
        if pk not in wanted:
            row.delete()
        elif values_of(row) != values_of(wanted[pk]):
            wanted[pk].save()
    bulk_create_with_history([row for pk, row in wanted.items() if pk not in current], CampaignSkillGroup)


def values_of(row: CampaignSkillGroup) -> list[Any]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields]


def _check_skill_groups(
    campaign: Campaign, wanted: Mapping[int, CampaignSkillGroup], locked: Collection[int]
) -> None:
    """At most 20, none deleted meanwhile, and each in no other campaign (docs/behaviour.md 1)."""
    if len(wanted) > MAX_SKILL_GROUPS:
        message = f"The number of skill groups ({len(wanted)}) exceeds the maximum of {MAX_SKILL_GROUPS}"
        detail = {"max": MAX_SKILL_GROUPS, "actual": len(wanted)}
        error = ValidationError(message, "limitExceeded.skillGroupInfos", {"detail": detail})
        raise ValidationError({"skill_group_infos": error})
    if wanted.keys() - set(locked):
        error = ValidationError("The skill group was deleted", "invalidInput.invalidReference")
        raise ValidationError({"skill_group": error})
    taken = CampaignSkillGroup.objects.filter(skill_group__in=list(wanted)).exclude(campaign=campaign)
    if used_by := [row.campaign for row in taken.select_related("campaign")]:
        message = "The skill group belongs to another campaign"
        error = in_use(message, "invalidInput.skillGroupInUse", "campaign", used_by)
        raise ValidationError({"skill_group": error})
