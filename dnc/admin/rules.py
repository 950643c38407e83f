from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from dnc.file_paths import PathRefused, fingerprint, server_path
from dnc.file_scan import queue_rule
from dnc.import_rules import create_rule, delete_rule, path_problem, update_rule
from dnc.models import ImportRule
from outbound_site.core.admin.versioned import VersionedAdmin
from outbound_site.core.jobs import JobState
from outbound_site.core.wake_worker import wake_worker

VALUES = ["name", "file_path", "overwrite", "rename_file_after_import"]


@admin.register(ImportRule)
class ImportRuleAdmin(VersionedAdmin):
    when_empty = (
        "There is no rule yet. A rule names a file on this server, which is imported as soon as it appears."
    )
    fields = [*VALUES, "version", "problem"]
    readonly_fields = ["problem"]
    list_display = ["name", "file_path", "overwrite", "rename_file_after_import", "waiting_file", "problem"]
    search_fields = ["name"]
    actions = ["import_now"]

    @admin.display(description="file seen since")
    def waiting_file(self, rule: ImportRule) -> Any:
        return rule.seen_since

    def save_model(self, request: HttpRequest, obj: ImportRule, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in VALUES}
        if change:
            update_rule(obj.pk, form.cleaned_data["version"], values)
        else:
            obj.pk = create_rule(values).pk
        if problem := path_problem(values["file_path"]):
            self.message_user(request, f"Nothing is read for this rule yet: {problem}", messages.WARNING)

    def delete_model(self, request: HttpRequest, obj: ImportRule) -> None:
        delete_rule(obj)

    @admin.action(description="Import the file of the selected rules now", permissions=["change"])
    def import_now(self, request: HttpRequest, queryset: QuerySet[ImportRule]) -> None:
        for rule in queryset:
            level, answer = self._import(request, rule)
            self.message_user(request, f"{rule}: {answer}", level)

    def _import(self, request: HttpRequest, rule: ImportRule) -> tuple[int, str]:
        try:
            found = fingerprint(server_path(rule.file_path))
        except (PathRefused, OSError) as error:
            return messages.ERROR, str(error)
        if found is None:
            return messages.WARNING, "there is no file."
        if rule.imports.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
            return messages.WARNING, "its import is under way already."
        queue_rule(rule, found, request.user)
        wake_worker("dnc.tasks.run_imports")
        return messages.SUCCESS, "the import has been asked for."
