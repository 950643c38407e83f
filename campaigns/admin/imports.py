"""Imports of contacts: the jobs, the upload of a file, the rows of an import and its undo."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path

from campaigns.contact_file_import import CONTACTS
from campaigns.contact_files import job_download
from campaigns.dialing_list import undo_import
from campaigns.models import Campaign, ImportJob, ImportState
from campaigns.near_misses import in_words
from outbound_site.core.admin.pages import demand, page
from outbound_site.imports.upload_forms import UploadForm
from outbound_site.imports.upload_pages import ListImportAdmin

FIELDS: list[Any] = [
    "campaign",
    "source",
    "file_name",
    "by",
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
    "near_misses",
    "rows_present",
    "rows_undone",
    "rows_kept",
]


class ContactUploadForm(UploadForm):
    field_order = ["campaign", "file"]

    campaign = forms.ModelChoiceField(Campaign.objects.active())


@admin.register(ImportJob)
class ImportJobAdmin(ListImportAdmin):
    when_empty = "No list was imported yet. Lists of contacts are uploaded here or sent through the API."
    kind = CONTACTS
    view_permission = "campaigns.view_contact"
    add_permission = "campaigns.add_contact"
    overwrite_permission = "campaigns.delete_contact"
    upload_form = ContactUploadForm
    list_display = [
        "created_at",
        "campaign",
        "state",
        "rows_stored",
        "rows_bad",
        "rows_duplicate",
        "file_name",
        "by",
        "source",
        "took",
    ]
    list_filter = ["state", "source", "created_at", ("campaign", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["campaign", "user"]
    search_fields = ["campaign__name", "file_name"]
    fields = FIELDS
    readonly_fields = FIELDS
    change_form_template = "admin/campaigns/importjob/change_form.html"

    def new_job(self, chosen: dict[str, Any]) -> ImportJob:
        return ImportJob(campaign=chosen["campaign"])

    def jobs(self) -> QuerySet[ImportJob]:
        return ImportJob.objects.select_related("campaign__time_zone")

    def about_rows(self, job: Any) -> str:
        rule = job.campaign.get_duplicate_rows_display()
        return f"{rule}: a setting of the campaign, which holds for its imports over the API, too."

    def remark(self, job: Any) -> str:
        return in_words(job.near_misses)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/rows/", view(self.rows), name="campaigns_importjob_rows"),
            path("<int:pk>/undo/", view(self.undo), name="campaigns_importjob_undo"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        may = {"may_undo": request.user.has_perm("campaigns.undo_importjob")}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | may)

    def rows(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        demand(request, "campaigns.view_contact")
        job = get_object_or_404(ImportJob, pk=pk)
        return StreamingHttpResponse(
            job_download(job),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="import-{job.pk}.csv"'},
        )

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        demand(request, "campaigns.undo_importjob")
        jobs: QuerySet[ImportJob] = ImportJob.objects.select_related("campaign")
        job = get_object_or_404(jobs, pk=pk, state=ImportState.SUCCEEDED)
        if request.method == "POST":
            undo_import(job)
            text = f"{job.rows_undone:,} contacts were removed; {job.rows_kept:,} that were dialed stay."
            self.message_user(request, text, messages.SUCCESS)
            return self.to("change", job)
        title = f"Undo import {job.pk} of {job.campaign}"
        return page(request, "campaigns/importjob/undo.html", title, opts=self.opts, job=job)
