"""The board: the part of the first page that keeps itself up to date."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from dialing import board
from dialing.admin.board_rows import rows_html
from dialing.admin.pages import demand


def board_part(request: HttpRequest) -> HttpResponse:
    demand(request, "campaigns.view_campaign")
    return TemplateResponse(request, "admin/dialing/board.html", board_context(request))


def board_context(request: HttpRequest) -> dict[str, Any]:
    """What the user may see of the board."""
    at, may = timezone.now(), request.user.has_perm
    rows, lines = board.rows(at), board.dialers(at)
    return {
        "at": at,
        "zone": settings.SERVER_TIME_ZONE,
        "campaigns": len(rows),
        "rows": rows_html(rows),
        "totals": {
            "left": sum(row.counted.left for row in rows),
            "out": sum(row.out for row in rows),
            "attempts": sum(row.attempts for row in rows),
            "voice": sum(row.voice for row in rows),
        },
        "dialers": lines,
        "problems": list(board.problems(at, lines)),
        "loads": board.loads() if may("campaigns.view_importjob") and may("dnc.view_fileimport") else None,
        "callbacks": board.callbacks_due(at) if may("callbacks.view_personalcallback") else None,
    }
