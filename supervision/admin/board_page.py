"""The board: the part of the first page that keeps itself up to date."""

from typing import Any

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from campaigns.models import Campaign
from outbound_site.core.admin.pages import demand
from supervision import board

# What a user needs to open the pages that problems link to.
PAGES = {
    "admin:callbacks_personalcallback_change": "callbacks.view_personalcallback",
    "admin:dialing_contact": "campaigns.view_contact",
    "admin:dialing_stopreport_change": "dialing.view_stopreport",
    "admin:campaigns_importjob_change": "campaigns.view_importjob",
    "admin:dnc_fileimport_change": "dnc.view_fileimport",
    "admin:dnc_importrule_change": "dnc.view_importrule",
    "admin:dnc_fileimport_changelist": "dnc.view_fileimport",
}


def board_part(request: HttpRequest) -> TemplateResponse:
    demand(request, "campaigns.view_campaign")
    return TemplateResponse(request, "admin/supervision/board.html", board_context(request.user))


def board_context(user: Any) -> dict[str, Any]:
    """The board of this moment, and which of the pages that help with a problem the user may open."""
    pages = {page for page, permission in PAGES.items() if user.has_perm(permission)}
    any_campaign = Campaign.objects.active().exists()
    return {"board": board.look(timezone.now()), "pages": pages, "any_campaign": any_campaign}
