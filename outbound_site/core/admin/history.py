"""The base of our admin pages: native pickers of date and time, and a readable history of changes."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from outbound_site.core.server_time import shown

# It goes up with every change.
SILENT_FIELDS = {"change_stamp"}
NATIVE_PICKERS: dict[Any, dict[str, Any]] = {
    models.TimeField: {"widget": forms.TimeInput(format="%H:%M", attrs={"type": "time"})},
    models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})},
}


class HistoryAdmin(SimpleHistoryAdmin):
    """An admin page whose history shows who changed what and when. Nothing is brought back from it."""

    object_history_template = "admin/change_history.html"
    formfield_overrides = NATIVE_PICKERS

    def get_urls(self) -> list[Any]:
        # Without the form that would store an old version past the checks of the present one.
        return admin.ModelAdmin.get_urls(self)

    def render_history_view(
        self, request: HttpRequest, template: str, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        context["parts"] = self.histories_of_parts(context["object"])
        response: HttpResponse = super().render_history_view(request, template, context, **kwargs)
        return response

    def history_view_title(self, request: HttpRequest, obj: Any) -> str:
        return f"Change history: {obj}"

    def histories_of_parts(self, item: Any) -> dict[str, list[Any]]:
        """Records of what belongs to the item, newest first, by heading."""
        return {}

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = True
    ) -> None:
        records = list(historical_records)
        if records and (before_this_page := records[-1].prev_record):
            records.append(before_this_page)
        set_differences(self.model, records)


def set_differences(model: type[models.Model], newest_first: Iterable[Any]) -> None:
    """Give each record of one object, but the first ever, what it changed as `history_delta_changes`."""
    for record, before in pairwise(newest_first):
        delta = record.diff_against(before, foreign_keys_are_objs=True)
        record.history_delta_changes = ReadableDifferences(model, record).context_for_delta_changes(delta)


class ReadableDifferences(HistoricalRecordContextHelper):
    """Differences in the words of the form: labels instead of stored values, a dash for nothing."""

    def context_for_delta_changes(self, delta: Any) -> list[dict[str, Any]]:
        shown_changes = [change for change in delta.changes if change.field not in SILENT_FIELDS]
        return [vars(self.format_delta_change(change)) for change in shown_changes]

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        prepared = super().prepare_delta_change_value(change, value)
        if isinstance(prepared, list):
            return ", ".join(sorted(str(item) for item in prepared)) or "–"
        if isinstance(prepared, bool):
            return "Yes" if prepared else "No"
        if isinstance(value, datetime):
            return shown(value)
        labels = dict(self.model._meta.get_field(change.field).flatchoices or ())
        return labels.get(prepared, prepared) if prepared not in ("", None) else "–"
