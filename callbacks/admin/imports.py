from typing import Any

from django.contrib import admin

from callbacks.callback_import import CALLBACKS
from callbacks.models import CallbackImport
from outbound_site.imports.upload_pages import ListImportAdmin

FIELDS: list[Any] = [
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
]


@admin.register(CallbackImport)
class CallbackImportAdmin(ListImportAdmin):
    when_empty = "No list of callbacks was imported yet. Lists are uploaded here or sent through the API."
    kind = CALLBACKS
    view_permission = "callbacks.view_personalcallback"
    add_permission = "callbacks.add_personalcallback"
    overwrite_permission = "callbacks.delete_personalcallback"
    list_display = ["created_at", "state", "rows_stored", "rows_bad", "file_name", "by", "source", "took"]
    list_filter = ["state", "source", "created_at"]
    list_select_related = ["user"]
    search_fields = ["file_name"]
    fields = FIELDS
    readonly_fields = FIELDS
