from django.contrib import admin
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from dialing.models import CampaignManagerOptions


@admin.register(CampaignManagerOptions)
class CampaignManagerOptionsAdmin(SimpleHistoryAdmin):
    """The one row; it can be changed, not added or deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CampaignManagerOptions | None = None) -> bool:
        return False
