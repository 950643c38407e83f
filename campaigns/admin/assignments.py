"""The skill groups of a campaign on its pages."""

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from campaigns.configuration import SkillGroupChange
from campaigns.models import CampaignSkillGroup, SkillGroup
from campaigns.models.campaign import MAX_SKILL_GROUPS
from outbound_site.core.admin.history import set_differences

PARAMETERS: list[Any] = [
    "skill_group",
    "overflow_agents",
    "dialed_number",
    "records_to_cache",
    "ivr_ports",
    "ivr_route_point",
    "abandoned_route_point",
]


class SkillGroupInline(admin.StackedInline):
    """Who may edit the campaign may edit its skill groups."""

    model = CampaignSkillGroup
    fields = PARAMETERS
    # A row to begin with; the page's own link adds more.
    extra = 1
    max_num = MAX_SKILL_GROUPS
    verbose_name = "skill group"
    verbose_name_plural = "skill groups"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The groups that are free or this campaign's, looked up once and not for each row."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "skill_group":
            url: Any = request.resolver_match
            field.queryset = free_groups(url.kwargs.get("object_id"))
            field.choices = [("", "---------"), *((group.pk, group.name) for group in field.queryset)]
            field.error_messages["invalid_choice"] = "This skill group is in another campaign or was deleted"
            field.widget.can_add_related = field.widget.can_change_related = False
            field.widget.can_view_related = False
        return field

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("skill_group").order_by("pk")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_edit(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_edit(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_edit(request) or request.user.has_perm("campaigns.view_campaign")

    def may_edit(self, request: HttpRequest) -> bool:
        return request.user.has_perm("campaigns.change_campaign") or request.user.has_perm(
            "campaigns.add_campaign"
        )


def free_groups(campaign_id: Any) -> Any:
    return SkillGroup.objects.active().filter(Q(info=None) | Q(info__campaign=campaign_id))


def skill_group_change(formset: forms.BaseInlineFormSet) -> SkillGroupChange:
    """The whole set of the page; the formset itself stores nothing."""
    # Records in the log of the admin what was added, changed and deleted.
    formset.save(commit=False)
    rows = [row for row in formset.cleaned_data if row and not row.get("DELETE")]
    return SkillGroupChange(replace=[{name: row[name] for name in PARAMETERS} for row in rows])


def assignment_history(campaign_id: int) -> list[Any]:
    """What happened to the campaign's skill groups, newest first, each record with its `item`."""
    records = list(
        CampaignSkillGroup.history.filter(campaign_id=campaign_id)
        .select_related("history_user")
        .order_by("id", "-history_date", "-history_id")
    )
    names = dict(SkillGroup.history.order_by("history_id").values_list("id", "name"))
    for _, of_one in groupby(records, key=lambda record: record.id):
        set_differences(CampaignSkillGroup, list(of_one))
    for record in records:
        record.item = names.get(record.skill_group_id, record.skill_group_id)
    return sorted(records, key=lambda record: (record.history_date, record.history_id), reverse=True)
