from typing import Any

from django.contrib import admin

from campaigns.admin.assignments import assignment_history
from campaigns.admin.campaigns import FIELDSETS
from campaigns.models import DeletedCampaign, DeletedSkillGroup
from outbound_site.core.admin.soft_deletion import DeletedAdmin


@admin.register(DeletedCampaign)
class DeletedCampaignAdmin(DeletedAdmin):
    list_display = ["name", "origin", "deleted_at", "deleted_by"]
    list_filter = ["deleted_at", "origin"]
    search_fields = ["name", "description"]
    fieldsets = FIELDSETS

    def histories_of_parts(self, item: Any) -> dict[str, list[Any]]:
        return {"Skill groups": assignment_history(item.pk)}


@admin.register(DeletedSkillGroup)
class DeletedSkillGroupAdmin(DeletedAdmin):
    search_fields = ["name", "description"]
    fields = ["name", "description", "peripheral_number"]
