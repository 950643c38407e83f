"""A list of the admin as a file: its columns, filters, search and order; all rows and not one page."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import unescape
from itertools import chain, islice
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from outbound_site.core.server_time import server_zone
from outbound_site.core.spreadsheets import csv_lines, defused, workbook

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows fetched, and lines sent, at once: what an export holds in memory, however long the list is.
CHUNK = 1_000


def list_as_file(page: ModelAdmin, request: HttpRequest, kind: str) -> HttpResponseBase:
    """The list that the address's query string shows, as `csv` or `xlsx`."""
    if not page.has_view_or_change_permission(request):
        raise PermissionDenied
    try:
        shown = page.get_changelist_instance(request)
    except IncorrectLookupParameters:
        raise Http404 from None
    columns = [name for name in shown.list_display if name != "action_checkbox"]
    header = [str(label_for_field(name, page.model, page)).capitalize() for name in columns]
    name = f"{page.opts.verbose_name_plural}.{kind}".replace(" ", "_")
    match kind:
        case "csv":
            pieces = in_pieces(csv_lines(chain([header], rows(shown, columns))))
            disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
            return StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8", headers=disposition)
        case "xlsx":
            file = workbook(header, rows(shown, columns))
            return FileResponse(file, as_attachment=True, filename=name, content_type=EXCEL)
    raise Http404


def in_pieces(lines: Iterator[str]) -> Iterator[str]:
    """With the mark by which spreadsheets know UTF-8."""
    yield "\ufeff"
    while piece := "".join(islice(lines, CHUNK)):
        yield piece


def rows(shown: ChangeList, columns: Sequence[Any]) -> Iterator[list[Any]]:
    for item in shown.queryset.iterator(chunk_size=CHUNK):
        yield [defused(cell(shown.model_admin, item, name)) for name in columns]


def cell(page: ModelAdmin, item: Any, name: str) -> Any:
    """What the list shows there, as a number or as text; an instant on the server's clock with its offset."""
    try:
        field, _, value = lookup_field(name, item, page)
    except ObjectDoesNotExist:
        return ""
    if choices := getattr(field, "flatchoices", None):
        return dict(choices).get(value, value)
    match value:
        case None:
            return ""
        case bool():
            return "Yes" if value else "No"
        case int() | float():
            return value
        case datetime():
            return value.astimezone(server_zone()).isoformat(" ", "seconds")
        case SafeString():
            return unescape(strip_tags(value.replace("<br>", " ")))
    return str(value)
