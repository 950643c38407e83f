from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from campaigns.admin.assignments import SkillGroupInline, assignment_history, skill_group_change
from campaigns.configuration import create_campaign, delete_campaign, fill_defaults, update_campaign
from campaigns.models import Campaign, Origin
from outbound_site.core.admin.soft_deletion import SoftDeletableAdmin
from outbound_site.core.admin.versioned import VersionedAdmin, VersionedForm
from timezones.models import TimeZone

# In the order in which people think; the skill groups stand with "Who" (templates/admin/campaigns/campaign/).
FIELDSETS: list[Any] = [
    (None, {"fields": ["name", "description", "enabled"]}),
    ("Who: purpose and agents", {"fields": ["campaign_purpose_type", "reservation_percentage"]}),
    ("When", {"fields": ["time_zone", "start_date", "end_date", "start_time", "end_time"]}),
    (
        "How: mode, lines and abandoned calls",
        {
            "fields": [
                "dialing_mode",
                "campaign_prefix",
                "lines_per_agent",
                "maximum_lines_per_agent",
                "predictive_correction_pace",
                "predictive_gain",
                "abandon_enabled",
                "abandon_percent",
            ]
        },
    ),
    (
        "How often: attempts, retries and callbacks",
        {
            "fields": [
                "max_attempts",
                "no_answer_ring_limit",
                "no_answer_delay",
                "busy_signal_delay",
                "answering_machine_delay",
                "customer_not_home_delay",
                "customer_abandoned_delay",
                "dialer_abandoned_delay",
                "minimum_call_duration",
                "personalized_callback_enabled",
                "reschedule_callback_mode",
            ]
        },
    ),
    ("Imports of contacts", {"fields": ["duplicate_rows"]}),
    (
        "Machine detection",
        {
            "fields": [
                "ip_amd_enabled",
                "amd_treatment_mode",
                "ip_terminating_beep_detect",
                "cpa_enabled",
                "cpa_record",
                "min_silence_period",
                "analysis_period",
                "minimum_valid_speech",
                "max_time_analysis",
                "max_term_tone_analysis",
            ]
        },
    ),
]
DEFAULTED = [
    "start_date",
    "end_date",
    "start_time",
    "end_time",
    "min_silence_period",
    "analysis_period",
    "minimum_valid_speech",
    "max_time_analysis",
    "max_term_tone_analysis",
]


class CampaignForm(VersionedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if zone := self.fields.get("time_zone"):
            # A campaign keeps a zone that has left the list until somebody chooses another.
            zone.queryset = TimeZone.objects.filter(Q(retired=False) | Q(pk=self.instance.time_zone_id))  # type: ignore[attr-defined]


@admin.register(Campaign)
class CampaignAdmin(SoftDeletableAdmin, VersionedAdmin):
    """Campaigns made here are edited here; those of the API are only shown (API text, "Outbound API")."""

    when_empty = "There is no campaign yet. Campaigns are added here or made through the API."
    form = CampaignForm
    fieldsets = [(None, {"fields": ["name", "description", "enabled", "version"]}), *FIELDSETS[1:]]
    inlines = [SkillGroupInline]
    list_display = ["name", "enabled", "origin", "dialing_mode", "dates", "hours", "skill_groups"]
    list_filter = [
        "enabled",
        "origin",
        "dialing_mode",
        "campaign_purpose_type",
        ("time_zone", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["name", "description", "skill_group_infos__skill_group__name"]

    @admin.display(description="dates", ordering="start_date")
    def dates(self, campaign: Campaign) -> str:
        return two_lines(f"{campaign.start_date} to", campaign.end_date)

    @admin.display(description="hours", ordering="start_time")
    def hours(self, campaign: Campaign) -> str:
        hours = f"{campaign.start_time:%H:%M}–{campaign.end_time:%H:%M}"
        return two_lines(hours, campaign.time_zone.name)

    @admin.display(description="skill groups", empty_value="–")
    def skill_groups(self, campaign: Any) -> str | None:
        return ", ".join(info.skill_group.name for info in campaign.loaded_skill_groups) or None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        campaigns: QuerySet[Any] = Campaign.objects.active().with_parts()
        return campaigns

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and editable(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and editable(obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        campaign = Campaign(time_zone=TimeZone(iana=settings.SERVER_TIME_ZONE))
        fill_defaults(campaign, {})
        return {name: getattr(campaign, name) for name in DEFAULTED}

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """Nothing yet: the campaign is stored with its skill groups, in one operation."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        groups = skill_group_change(formsets[0])
        if change:
            update_campaign(form.instance.pk, form.cleaned_data["version"], values, groups)
        else:
            form.instance.pk = create_campaign(Origin.CAMPAIGN_TOOL, values, groups).pk

    def remove(self, item: Any) -> None:
        delete_campaign(item)

    def obstacles(self, items: Iterable[Any]) -> list[str]:
        return [
            f"{item}: made through the API, which alone deletes it" for item in items if not editable(item)
        ]

    def histories_of_parts(self, item: Any) -> dict[str, list[Any]]:
        return {"Skill groups": assignment_history(item.pk)}


def two_lines(first: object, second: object) -> str:
    return format_html('<span class="line">{}</span><br>{}', first, second)


def editable(campaign: Campaign | None) -> bool:
    return campaign is None or campaign.origin == Origin.CAMPAIGN_TOOL
