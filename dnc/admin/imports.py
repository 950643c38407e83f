from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from dnc.file_scan import queue_upload
from dnc.import_runner import reject_file
from dnc.models import FileImport
from outbound_site.core.admin.pages import demand, page
from outbound_site.core.jobs import JobState
from outbound_site.core.wake_worker import wake_worker

ENDED_SHOWN = 3
FIELDS = (
    "file_name",
    "source",
    "by",
    "path",
    "state",
    "message",
    "in_force",
    "overwrite",
    "created_at",
    "started_at",
    "in_force_at",
    "finished_at",
    "duration",
    "attempts",
    "size",
    "sha256",
    "layout",
    "lines",
    "added",
    "already_there",
    "rejected_lines",
    "near_misses",
    "file_outcome",
    "file_problem",
)


class UploadForm(forms.Form):
    file = forms.FileField(
        allow_empty_file=True,
        help_text="A text file, one number a line, an extension after a comma; or as public registries "
        "deliver it: area code and number in two columns, XML, zip, gzip.",
    )
    overwrite = forms.BooleanField(
        required=False,
        help_text="The file replaces the numbers of all other files. Manual entries stay. "
        "A blank file then clears the list.",
    )


@admin.register(FileImport)
class FileImportAdmin(admin.ModelAdmin):
    """The import history; nothing in it is changed by people."""

    when_empty = (
        "No file was imported yet. Files are uploaded here, or found by an import rule when they appear."
    )
    list_display = [
        "file_name",
        "source",
        "created_at",
        "state",
        "in_force",
        "added",
        "rejected",
        "duration",
        "file_outcome",
    ]
    list_filter = ["state", "origin", "in_force"]
    search_fields = ["file_name", "rule_name", "sha256"]
    fields = FIELDS
    readonly_fields = FIELDS
    change_list_template = "admin/dnc/fileimport/change_list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: FileImport | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FileImport | None = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("upload/", view(self.upload), name="dnc_fileimport_upload"),
            path("progress/", view(self.progress), name="dnc_fileimport_progress"),
            path("<int:pk>/rejects/", view(self.rejects), name="dnc_fileimport_rejects"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_upload = request.user.has_perm("dnc.add_fileimport")
        context = {"title": "Do Not Call imports", "may_upload": may_upload} | live_imports()
        return super().changelist_view(request, (extra_context or {}) | context)

    def upload(self, request: HttpRequest) -> HttpResponse:
        demand(request, "dnc.add_fileimport")
        form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
        if form.is_valid():
            with transaction.atomic():
                queue_upload(form.cleaned_data["file"], form.cleaned_data["overwrite"], request.user)
                wake_worker("dnc.tasks.run_imports")
            self.message_user(request, "The file was taken over; its import is shown here.", messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:dnc_fileimport_changelist"))
        title = "Upload a Do Not Call file"
        return page(request, "dnc/fileimport/upload.html", title, opts=self.opts, form=form)

    def progress(self, request: HttpRequest) -> HttpResponse:
        demand(request, "dnc.view_fileimport")
        return TemplateResponse(request, "admin/dnc/fileimport/progress.html", live_imports())

    def rejects(self, request: HttpRequest, pk: int) -> FileResponse:
        demand(request, "dnc.view_fileimport")
        batch = get_object_or_404(FileImport, pk=pk)
        file = reject_file(batch.pk)
        if not file.exists():
            raise Http404
        name = f"{batch.file_name}.rejects.txt"
        return FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type="text/plain")

    @admin.display(description="requested by", empty_value="–")
    def by(self, batch: FileImport) -> str | None:
        return batch.requested_by.get_username() if batch.requested_by else None

    @admin.display(description="took")
    def duration(self, batch: FileImport) -> str:
        if batch.started_at is None or batch.finished_at is None:
            return ""
        return f"{(batch.finished_at - batch.started_at).total_seconds():,.1f} s"

    @admin.display(description="rejected lines")
    def rejected_lines(self, batch: FileImport) -> str:
        if not batch.rejected:
            return "none"
        reasons = format_html_join("", "<li>{}: {}</li>", sorted(batch.rejected_by_reason.items()))
        left_out = format_html("{} left out:<ul>{}</ul>", f"{batch.rejected:,}", reasons)
        if not reject_file(batch.pk).exists():
            return left_out
        address = reverse("admin:dnc_fileimport_rejects", args=[batch.pk])
        return format_html('{}<a href="{}">Download the rejected lines</a>', left_out, address)


def live_imports() -> dict[str, Any]:
    """What runs, what waits in its order, and what ended last."""
    imports = FileImport.objects.all()
    return {
        "running": imports.filter(state=JobState.RUNNING),
        "waiting": imports.filter(state=JobState.QUEUED).order_by("pk"),
        "ended": imports.exclude(finished_at=None).order_by("-finished_at")[:ENDED_SHOWN],
    }
