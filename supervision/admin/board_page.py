"""The board: the part of the first page that keeps itself up to date."""

from collections.abc import Collection
from operator import attrgetter
from threading import Lock
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from supervision import board
from supervision.admin.board_rows import rows_html

# All who look at the same time get the same board; a little less than the pause between two refreshes.
SHARED_SECONDS = 1.5
TOTALS = ["left", "out", "attempts", "voice"]
STOP, IMPORT, FILE = "dialing.view_stopreport", "campaigns.view_importjob", "dnc.view_fileimport"
CAMPAIGN, CALLBACK = "campaigns.view_campaign", "callbacks.view_personalcallback"
CONTACT = "campaigns.view_contact"
SEEN = (CAMPAIGN, STOP, IMPORT, FILE, CALLBACK, CONTACT)
# For so long, one whose role is taken away goes on to see the board.
ALLOWED_SECONDS = 10
# What a user needs to open the pages that problems link to.
PAGES = {
    "admin:dialing_stopreport_change": STOP,
    "admin:dialing_contact": CONTACT,
    "admin:campaigns_importjob_change": IMPORT,
    "admin:dnc_fileimport_change": FILE,
    "admin:dnc_fileimport_changelist": FILE,
}
_making = Lock()


def board_part(request: HttpRequest) -> HttpResponse:
    may = allowed(request.user)
    if CAMPAIGN not in may:
        raise PermissionDenied
    return HttpResponse(board_html(may))


def allowed(user: Any) -> list[str]:
    """What the user may see of the board; asked of the database only now and then."""
    key = f"board-allowed-{user.pk}"
    found = cache.get_or_set(key, lambda: [name for name in SEEN if user.has_perm(name)], ALLOWED_SECONDS)
    return found or []


def board_html(may: Collection[str]) -> SafeString:
    """The board for those who have these of the permissions above."""
    key = f"board-{'-'.join(may)}"
    with _making:
        html: SafeString | None = cache.get(key)
        if html is None:
            html = render_to_string("admin/supervision/board.html", board_context(may))
            cache.set(key, html, SHARED_SECONDS)
    return html


def board_context(may: Collection[str]) -> dict[str, Any]:
    """`may`: which of the permissions above the user has."""
    seen = board.look(timezone.now())
    return {
        "board": seen,
        "pages": {page for page, permission in PAGES.items() if permission in may},
        "rows": rows_html(seen.rows),
        "campaigns": len(seen.rows),
        "totals": {name: sum(map(attrgetter(name), seen.rows)) for name in TOTALS},
        "agents": sum(line.agents for line in seen.dialers if not line.silent),
        "loads": seen.loads if {IMPORT, FILE} <= set(may) else None,
        "callbacks": seen.callbacks if CALLBACK in may else None,
    }
