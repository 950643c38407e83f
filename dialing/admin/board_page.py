"""The board: the part of the first page that keeps itself up to date."""

from collections.abc import Collection
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
STOP, IMPORT, FILE = "dialing.view_stopreport", "campaigns.view_importjob", "dnc.view_fileimport"
CALLBACK = "callbacks.view_personalcallback"
# What a user needs to open the pages that problems link to.
PAGES = {
    "admin:dialing_stopreport_change": STOP,
    "admin:campaigns_importjob_change": IMPORT,
    "admin:dnc_fileimport_change": FILE,
    "admin:dnc_fileimport_changelist": FILE,
}
_making = Lock()


def board_part(request: HttpRequest) -> HttpResponse:
    demand(request, "campaigns.view_campaign")
    return HttpResponse(board_html(request))


def board_html(request: HttpRequest) -> SafeString:
    """What the user may see of the board."""
    allowed = [name for name in (STOP, IMPORT, FILE, CALLBACK) if request.user.has_perm(name)]
    key = f"board-{'-'.join(allowed)}"
    with _making:
        html: SafeString | None = cache.get(key)
        if html is None:
            html = render_to_string("admin/dialing/board.html", board_context(allowed))
            cache.set(key, html, SHARED_SECONDS)
    return html


def board_context(allowed: Collection[str]) -> dict[str, Any]:
    """`allowed`: which of the permissions above the user has."""
    seen = board.look(timezone.now())
    return {
        "board": seen,
        "pages": {page for page, permission in PAGES.items() if permission in allowed},
        "zone": settings.SERVER_TIME_ZONE,
        "rows": rows_html(seen.rows),
        "campaigns": len(seen.rows),
        "totals": {name: sum(getattr(row, name) for row in seen.rows) for name in TOTALS},
        "agents": sum(line.agents for line in seen.dialers if not line.silent),
        "loads": seen.loads if {IMPORT, FILE} <= set(allowed) else None,
        "callbacks": seen.callbacks if CALLBACK in allowed else None,
    }
