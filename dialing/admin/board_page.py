"""The board: the part of the first page that keeps itself up to date."""

from threading import Lock
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from dialing import board
from dialing.admin.board_rows import rows_html
from dialing.admin.pages import demand

# All who look at the same time get the same board; a little less than the pause between two refreshes.
SHARED_SECONDS = 1.5
TOTALS = ["left", "out", "attempts", "voice"]
_making = Lock()


def board_part(request: HttpRequest) -> HttpResponse:
    demand(request, "campaigns.view_campaign")
    return HttpResponse(board_html(request))


def board_html(request: HttpRequest) -> SafeString:
    """What the user may see of the board."""
    may = request.user.has_perm
    loads = may("campaigns.view_importjob") and may("dnc.view_fileimport")
    callbacks = may("callbacks.view_personalcallback")
    key = f"board-{loads}-{callbacks}"
    with _making:
        html: SafeString | None = cache.get(key)
        if html is None:
            html = render_to_string("admin/dialing/board.html", board_context(loads, callbacks))
            cache.set(key, html, SHARED_SECONDS)
    return html


def board_context(loads: bool, callbacks: bool) -> dict[str, Any]:
    seen = board.look(timezone.now())
    return {
        "board": seen,
        "zone": settings.SERVER_TIME_ZONE,
        "rows": rows_html(seen.rows),
        "campaigns": len(seen.rows),
        "totals": {name: sum(getattr(row, name) for row in seen.rows) for name in TOTALS},
        "agents": sum(line.agents for line in seen.dialers if not line.silent),
        "loads": seen.loads if loads else None,
        "callbacks": seen.callbacks if callbacks else None,
    }
