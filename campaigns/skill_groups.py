"""What may be done to skill groups."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from campaigns.models import CampaignSkillGroup, SkillGroup
from outbound_site.core.errors import reference_violation


def campaigns_using(groups: Iterable[SkillGroup]) -> list[CampaignSkillGroup]:
    used = CampaignSkillGroup.objects.filter(skill_group__in=list(groups))
    return list(used.select_related("campaign", "skill_group").order_by("skill_group__name"))


def lock_skill_groups(pks: Iterable[int]) -> set[int]:
    """Lock the skill groups until the end of the transaction; the ids of those that are not deleted.

    In the order of their ids, so that campaigns that exchange groups cannot wait for each other.
    """
    groups = SkillGroup.objects.active().select_for_update().filter(pk__in=list(pks)).order_by("pk")
    return set(groups.values_list("pk", flat=True))


def delete_skill_group(group: SkillGroup) -> None:
    """Mark the skill group deleted. Raises ValidationError while a campaign uses it."""
    with transaction.atomic():
        # Waits for a campaign that is just taking the group, and makes the next one wait for the mark.
        locked: Any = SkillGroup.objects.select_for_update().get(pk=group.pk)
        if used := campaigns_using([locked]):
            raise reference_violation("campaign", [row.campaign for row in used])
        locked.change_stamp += 1
        locked.mark_deleted()
