from collections.abc import Iterable
from typing import Any

from django.contrib import admin

from campaigns.models import SkillGroup
from campaigns.skill_groups import campaigns_using, delete_skill_group
from outbound_site.core.admin.soft_deletion import SoftDeletableAdmin
from outbound_site.core.admin.versioned import VersionedAdmin


@admin.register(SkillGroup)
class SkillGroupAdmin(SoftDeletableAdmin, VersionedAdmin):
    when_empty = "There is no skill group yet. A campaign reaches its agents through one: add it first."
    list_display = ["name", "description", "peripheral_number", "campaign"]
    list_select_related = ["info__campaign"]
    list_filter = [("info", admin.EmptyFieldListFilter)]
    search_fields = ["name", "description"]
    fields = ["name", "description", "peripheral_number", "version"]

    @admin.display(description="campaign", ordering="info__campaign__name", empty_value="–")
    def campaign(self, group: SkillGroup) -> Any:
        return group.info.campaign if hasattr(group, "info") else None

    def remove(self, item: Any) -> None:
        delete_skill_group(item)

    def obstacles(self, items: Iterable[Any]) -> list[str]:
        return [f"{row.skill_group}: the campaign {row.campaign} uses it" for row in campaigns_using(items)]
