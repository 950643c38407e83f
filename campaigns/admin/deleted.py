from django.contrib import admin

from campaigns.admin.campaigns import FIELDSETS
from campaigns.models import DeletedCampaign, DeletedSkillGroup
from outbound_site.deletion_admin import DeletedAdmin


@admin.register(DeletedCampaign)
class DeletedCampaignAdmin(DeletedAdmin):
    list_display = ["name", "origin", "deleted_at", "deleted_by"]
    list_filter = ["deleted_at", "origin"]
    search_fields = ["name", "description"]
    fieldsets = FIELDSETS


@admin.register(DeletedSkillGroup)
class DeletedSkillGroupAdmin(DeletedAdmin):
    search_fields = ["name", "description"]
    fields = ["name", "description", "peripheral_number"]
