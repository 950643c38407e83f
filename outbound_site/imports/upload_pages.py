"""The pages of list imports: the jobs, and the upload of a file in two steps."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path

from outbound_site.core.admin.pages import demand, page
from outbound_site.imports.bulk_requests import QueueFull
from outbound_site.imports.headings import repeated
from outbound_site.imports.list_files import (
    BadRows,
    ImportedAlready,
    ListKind,
    NothingLeft,
    check,
    preview,
    samples,
)
from outbound_site.imports.list_import import ImportState, ListImport
from outbound_site.imports.row_errors import SHOWN_ERRORS, RowErrors
from outbound_site.imports.rows import Unreadable
from outbound_site.imports.sheets import is_sheet
from outbound_site.imports.upload_forms import ReadingForm, UploadForm
from outbound_site.imports.uploads import file_of, import_prepared, prepare
from outbound_site.unifiedconfig.errors import ApiError

PREVIEWED = 20


class ListImportAdmin(admin.ModelAdmin):
    """Jobs are only shown. Subclasses say what is imported and who may view, add and replace it."""

    kind: ClassVar[ListKind]
    view_permission: ClassVar[str]
    add_permission: ClassVar[str]
    overwrite_permission: ClassVar[str]
    upload_form: ClassVar[type[UploadForm]] = UploadForm
    change_list_template = "admin/uploads/change_list.html"
    change_form_template = "admin/uploads/change_form.html"

    def new_job(self, chosen: dict[str, Any]) -> ListImport:
        """The job for what was chosen in the form of the first step."""
        job: ListImport = self.model()
        return job

    def jobs(self) -> QuerySet[Any]:
        return self.model._default_manager.all()

    def about_rows(self, job: Any) -> str:
        """What else becomes of the rows, in words."""
        return ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="user", ordering="user__username", empty_value="–")
    def by(self, job: ListImport) -> str | None:
        return job.user.get_username() if job.user else None

    @admin.display(description="took")
    def took(self, job: ListImport) -> str:
        if job.finished_at is None:
            return ""
        return f"{(job.finished_at - job.created_at).total_seconds():,.2f} s"

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("upload/", view(self.upload), name=f"{name}_upload"),
            path("<int:pk>/preview/", view(self.preview), name=f"{name}_preview"),
            path("<int:pk>/rejects/", view(self.rejects), name=f"{name}_rejects"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may = {"may_upload": request.user.has_perm(self.add_permission), "noun": self.kind.noun}
        return super().changelist_view(request, (extra_context or {}) | may)

    def upload(self, request: HttpRequest) -> HttpResponse:
        """First step: the file and where it goes."""
        demand(request, self.add_permission)
        form = self.upload_form(request.POST or None, request.FILES or None, initial=request.GET.dict())
        if form.is_valid():
            job: Any = self.new_job(form.cleaned_data)
            job.user = request.user
            try:
                return self.to("preview", prepare(self.kind, job, form.cleaned_data["file"]))
            except Unreadable as error:
                form.add_error("file", str(error))
        return page(request, "uploads/upload.html", f"Upload {self.kind.noun}", opts=self.opts, form=form)

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Second step: how the file is read, what is in it, and its import."""
        demand(request, self.add_permission)
        job = get_object_or_404(self.jobs(), pk=pk, state=ImportState.PREPARED)
        may_overwrite = request.user.has_perm(self.overwrite_permission)
        form = ReadingForm(request.POST or None, kind=self.kind, job=job, may_overwrite=may_overwrite)
        if form.is_valid():
            try:
                if not form.save():
                    return self.to("preview", job)
            except Unreadable as error:
                form.add_error("encoding", str(error))
                job.refresh_from_db()
            else:
                if "import" in request.POST and self.import_job(request, form, job):
                    return self.to("change", job)
        return page(
            request,
            "uploads/preview.html",
            f"{job.file_name} into {job.target}",
            opts=self.opts,
            form=form,
            job=job,
            is_sheet=is_sheet(job.file_name),
            about_rows=self.about_rows(job),
            meaning_label=self.kind.meaning_label,
            **self.look_at(job, form),
        )

    def import_job(self, request: HttpRequest, form: ReadingForm, job: ListImport) -> bool:
        """Whether it was imported; else the form says why not."""
        try:
            chosen = form.cleaned_data
            skip_bad = chosen["bad_rows"] == "skip"
            import_prepared(self.kind, job, skip_bad=skip_bad, may_empty=chosen.get("may_empty", False))
        except BadRows as refused:
            form.add_error(None, f"Nothing was imported: {refused}. They are shown below.")
        except NothingLeft as nothing:
            form.add_error(None, f"Nothing was imported: {nothing}.")
            form.offers_emptying = job.overwrite
        except (ImportedAlready, QueueFull, ApiError, Unreadable) as error:
            form.add_error(None, f"Nothing was imported: {error}")
        except ValidationError as error:
            form.add_error(None, f"Nothing was imported: {' '.join(error.messages)}")
        else:
            text = f"{job.rows_stored:,} {self.kind.noun} were imported into {job.target}."
            left_out = f" {job.rows_bad:,} bad rows were left out." if job.rows_bad else ""
            self.message_user(request, text + left_out, messages.SUCCESS)
            if remark := self.remark(job):
                self.message_user(request, remark, messages.WARNING)
            return True
        return False

    def look_at(self, job: ListImport, form: ReadingForm) -> dict[str, Any]:
        """What the page shows of the file: some rows, how many there are and what is wrong."""
        file, problem = file_of(job), ""
        errors, total = RowErrors(), None
        try:
            first = preview(self.kind, job, file, PREVIEWED)
            total, errors = check(self.kind, file)
        except BadRows as too_many:
            errors = too_many.errors
        except ApiError as refusal:
            problem = refusal.errors[0].message.removeprefix("Line 1: ")
        except Unreadable as error:
            return {"unreadable": error, "columns": [(field, []) for field in form.columns()]}
        return {
            "problem": problem,
            "header": job.mapping,
            "repeated": repeated([name for name, _ in job.mapping]),
            "columns": [(field, samples(first, number)) for number, field in enumerate(form.columns())],
            "rows": first,
            "total": total,
            "bad": len(errors.lines),
            "errors": sorted(errors)[:SHOWN_ERRORS],
        }

    def remark(self, job: Any) -> str:
        """What else is said of an import that succeeded."""
        return ""

    def rejects(self, request: HttpRequest, pk: int) -> FileResponse:
        demand(request, self.view_permission)
        job = get_object_or_404(self.jobs(), pk=pk)
        if not job.rejects:
            raise Http404
        return FileResponse(job.rejects.open(), as_attachment=True, filename=f"rejects-{job.pk}.csv")

    def to(self, page: str, job: ListImport) -> HttpResponse:
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", job.pk)
