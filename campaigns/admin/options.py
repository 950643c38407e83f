from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from campaigns.models import BlendedAgentOptions
from outbound_site.core.admin.history import HistoryAdmin


@admin.register(BlendedAgentOptions)
class BlendedAgentOptionsAdmin(HistoryAdmin):
    """The one row: neither added nor deleted, and its page opens without a list."""

    fieldsets = [
        ("Hours of new campaigns, in the customer's local time", {"fields": ["dial_start", "dial_end"]}),
        (
            "Call progress analysis of new campaigns, in milliseconds",
            {
                "fields": [
                    "min_silence_period",
                    "analysis_period",
                    "minimum_valid_speech",
                    "max_time_analysis",
                    "max_term_tone_analysis",
                ]
            },
        ),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:campaigns_blendedagentoptions_change", BlendedAgentOptions.load().pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
