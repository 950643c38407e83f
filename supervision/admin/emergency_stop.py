"""The emergency stop in two steps, its report, and the reviewed resume."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_POST

from campaigns.models import Campaign
from dialing.emergency_stop import resume, stop_all_campaigns
from dialing.models import Lease, StopReport
from outbound_site.core.server_time import to_wall
from supervision.admin.pages import demand, page
from supervision.stop_review import review

STOP = "dialing.stop_campaigns"
NAMED = 20


@admin.register(StopReport)
class StopReportAdmin(admin.ModelAdmin):
    """Reports are made by stops and are never changed."""

    when_empty = (
        "There was no emergency stop yet. The button is at the top of every page, for those who may press it."
    )
    list_display = [
        "when",
        "user_name",
        "scope",
        "stopped_campaigns",
        "records_out",
        "recalled",
        "resumed_by",
    ]
    list_filter = ["at", "every_origin"]
    search_fields = ["user_name", "campaigns__name"]
    list_select_related = ["resumed_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StopReport]:
        return super().get_queryset(request).annotate(campaign_count=Count("stopped"))

    @admin.display(description="stopped", ordering="at")
    def when(self, report: StopReport) -> str:
        return f"{to_wall(report.at):%Y-%m-%d %H:%M:%S} {settings.SERVER_TIME_ZONE}"

    @admin.display(description="what")
    def scope(self, report: StopReport) -> str:
        return "all campaigns" if report.every_origin else "campaigns of the API"

    @admin.display(description="campaigns", ordering="campaign_count")
    def stopped_campaigns(self, report: Any) -> int:
        count: int = report.campaign_count
        return count

    @admin.display(description="records recalled", boolean=True)
    def recalled(self, report: StopReport) -> bool:
        return report.recalled_at is not None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: StopReport | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: StopReport | None = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("stop/", view(self.stop), name="dialing_stopreport_stop"),
            path("<int:pk>/progress/", view(self.progress), name="dialing_stopreport_progress"),
            path("<int:pk>/resume/", view(require_POST(self.resume)), name="dialing_stopreport_resume"),
            *super().get_urls(),
        ]

    def stop(self, request: HttpRequest) -> HttpResponse:
        """First what would be stopped, then, on the button of that page, the stop."""
        demand(request, STOP)
        if request.method == "POST":
            report = stop_all_campaigns(request.user)
            return redirect("admin:dialing_stopreport_change", report.pk)
        enabled = Campaign.objects.active().filter(enabled=True)
        held = Lease.objects.held().filter(campaign__in=enabled, personal_callback=None)
        return page(
            request,
            "stopreport/stop.html",
            "Emergency stop",
            opts=self.opts,
            count=enabled.count(),
            campaigns=enabled.order_by("name")[:NAMED],
            records_out=held.count(),
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        demand(request, "dialing.view_stopreport")
        report = get_object_or_404(StopReport, pk=object_id if object_id.isdecimal() else None)
        lines = review(report)
        return page(
            request,
            "stopreport/report.html",
            "Report of an emergency stop",
            opts=self.opts,
            lines=lines,
            may_resume=request.user.has_perm(STOP) and any(line.resumable for line in lines),
            **progress_of(report),
        )

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The part of the report that changes while records come back."""
        demand(request, "dialing.view_stopreport")
        context = progress_of(get_object_or_404(StopReport, pk=pk)) | {"zone": settings.SERVER_TIME_ZONE}
        return TemplateResponse(request, "admin/supervision/stopreport/progress.html", context)

    def resume(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Bring back the campaigns that were ticked."""
        demand(request, STOP)
        report = get_object_or_404(StopReport, pk=pk)
        chosen = [int(key) for key in request.POST.getlist("campaign") if key.isdecimal()]
        number = resume(report, request.user, chosen)
        level = messages.SUCCESS if number else messages.WARNING
        self.message_user(request, f"{number} campaign{'' if number == 1 else 's'} switched on again.", level)
        return redirect("admin:dialing_stopreport_change", pk)


def progress_of(report: StopReport) -> dict[str, Any]:
    dialers = list(report.dialers.select_related("dialer").order_by("dialer__name"))
    return {
        "report": report,
        "dialers": dialers,
        "confirmed": sum(line.confirmed for line in dialers),
        "stopped": report.stopped.count(),
    }
