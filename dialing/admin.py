from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from dialing.models import CampaignManagerOptions
from outbound_site.core.admin.history import HistoryAdmin


@admin.register(CampaignManagerOptions)
class CampaignManagerOptionsAdmin(HistoryAdmin):
    """The one row: neither added nor deleted, and its page opens without a list."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:dialing_campaignmanageroptions_change", CampaignManagerOptions.load().pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CampaignManagerOptions | None = None) -> bool:
        return False
