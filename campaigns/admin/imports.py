"""Imports of contacts: the jobs, and the upload of a file in two steps."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path

from campaigns.admin.upload_forms import ReadingForm, UploadForm
from campaigns.contact_files import job_download
from campaigns.dialing_list import undo_import
from campaigns.file_import import BadRows, ImportedAlready, check, preview
from campaigns.list_files import Unreadable, is_sheet
from campaigns.models import ImportJob, ImportState
from campaigns.uploads import file_of, import_prepared, prepare
from outbound_site.bulk.queue import QueueFull
from outbound_site.bulk.verdicts import SHOWN_ERRORS, Verdicts
from outbound_site.unifiedconfig.errors import Refusal

PREVIEWED = 20
FIELDS: list[Any] = [
    "campaign",
    "source",
    "file_name",
    "user",
    "state",
    "overwrite",
    "created_at",
    "finished_at",
    "took",
    "rows_read",
    "rows_stored",
    "rows_bad",
    "rows_duplicate",
    "phones_by_row",
    "phones_by_prefix",
    "phones_by_campaign",
    "rows_undone",
    "rows_kept",
]


@admin.register(ImportJob)
class ImportJobAdmin(admin.ModelAdmin):
    list_display = [
        "created_at",
        "campaign",
        "source",
        "file_name",
        "user",
        "state",
        "rows_stored",
        "rows_bad",
        "rows_duplicate",
        "took",
    ]
    list_filter = ["state", "source", "created_at", ("campaign", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["campaign", "user"]
    search_fields = ["campaign__name", "file_name"]
    fields = FIELDS
    readonly_fields = FIELDS
    change_list_template = "admin/campaigns/importjob/change_list.html"
    change_form_template = "admin/campaigns/importjob/change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="took")
    def took(self, job: ImportJob) -> str:
        if job.finished_at is None:
            return ""
        return f"{(job.finished_at - job.created_at).total_seconds():,.2f} s"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("upload/", view(self.upload), name="campaigns_importjob_upload"),
            path("<int:pk>/preview/", view(self.preview), name="campaigns_importjob_preview"),
            path("<int:pk>/rows/", view(self.rows), name="campaigns_importjob_rows"),
            path("<int:pk>/rejects/", view(self.rejects), name="campaigns_importjob_rejects"),
            path("<int:pk>/undo/", view(self.undo), name="campaigns_importjob_undo"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may = {"may_upload": request.user.has_perm("campaigns.add_contact")}
        return super().changelist_view(request, (extra_context or {}) | may)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        may = {"may_undo": request.user.has_perm("campaigns.delete_contact")}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | may)

    def upload(self, request: HttpRequest) -> HttpResponse:
        """First step: campaign and file."""
        demand(request, "campaigns.add_contact")
        form = UploadForm(request.POST or None, request.FILES or None, initial=request.GET.dict())
        if form.is_valid():
            try:
                job = prepare(form.cleaned_data["campaign"], form.cleaned_data["file"], request.user)
                return redirect("admin:campaigns_importjob_preview", job.pk)
            except Unreadable as error:
                form.add_error("file", str(error))
        return self.page(request, "upload.html", "Upload contacts", form=form)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Second step: how the file is read, what is in it, and its import."""
        demand(request, "campaigns.add_contact")
        job = get_object_or_404(
            ImportJob.objects.select_related("campaign__time_zone"), pk=pk, state=ImportState.PREPARED
        )
        form = ReadingForm(request.POST or None, job=job)
        if form.is_valid():
            try:
                if not form.save():
                    return redirect("admin:campaigns_importjob_preview", job.pk)
            except Unreadable as error:
                form.add_error("encoding", str(error))
                job.refresh_from_db()
            else:
                if "import" in request.POST and self.import_job(request, form, job):
                    return redirect("admin:campaigns_importjob_change", job.pk)
        return self.page(
            request,
            "preview.html",
            f"{job.file_name} into {job.campaign}",
            form=form,
            job=job,
            is_sheet=is_sheet(job.file_name),
            **look_at(form, job),
        )

    def import_job(self, request: HttpRequest, form: forms.Form, job: ImportJob) -> bool:
        """Whether it was imported; else the form says why not."""
        try:
            import_prepared(job, skip_bad=form.cleaned_data["bad_rows"] == "skip")
        except BadRows as refused:
            form.add_error(None, f"Nothing was imported: {refused}. They are shown below.")
        except (ImportedAlready, QueueFull, Refusal, Unreadable) as error:
            form.add_error(None, f"Nothing was imported: {error}")
        else:
            text = f"{job.rows_stored:,} contacts were imported into {job.campaign}."
            left_out = f" {job.rows_bad:,} bad rows were left out." if job.rows_bad else ""
            self.message_user(request, text + left_out, messages.SUCCESS)
            return True
        return False

    def rows(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        demand(request, "campaigns.view_contact")
        job = get_object_or_404(ImportJob, pk=pk)
        return StreamingHttpResponse(
            job_download(job),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="import-{job.pk}.csv"'},
        )

    def rejects(self, request: HttpRequest, pk: int) -> FileResponse:
        demand(request, "campaigns.view_contact")
        job = get_object_or_404(ImportJob, pk=pk)
        if not job.rejects:
            raise Http404
        return FileResponse(job.rejects.open(), as_attachment=True, filename=f"rejects-{job.pk}.csv")

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, "campaigns.delete_contact")
        jobs: QuerySet[ImportJob] = ImportJob.objects.select_related("campaign")
        job = get_object_or_404(jobs, pk=pk, state=ImportState.SUCCEEDED)
        if request.method == "POST":
            undo_import(job)
            text = f"{job.rows_undone:,} contacts were removed; {job.rows_kept:,} that were dialed stay."
            self.message_user(request, text, messages.SUCCESS)
            return redirect("admin:campaigns_importjob_change", job.pk)
        return self.page(request, "undo.html", f"Undo import {job.pk} of {job.campaign}", job=job)

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        context |= self.admin_site.each_context(request) | {"title": title, "opts": self.opts}
        return TemplateResponse(request, f"admin/campaigns/importjob/{template}", context)


def demand(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def look_at(form: ReadingForm, job: ImportJob) -> dict[str, Any]:
    """What the page shows of the file: its first rows, how many there are and what is wrong."""
    file = file_of(job)
    try:
        first = preview(file, job.campaign, PREVIEWED)
        try:
            total, verdicts = check(file)
        except BadRows as too_many:
            total, verdicts = None, too_many.verdicts
    except Unreadable as error:
        form.add_error(None, str(error))
        return {}
    except Refusal as refusal:
        form.add_error(None, refusal.errors[0].message)
        first, total, verdicts = [], None, Verdicts()
    return {
        "header": [name for name, _ in job.mapping],
        "rows": first,
        "total": total,
        "bad": len(verdicts.lines),
        "errors": sorted(verdicts.errors)[:SHOWN_ERRORS],
    }
