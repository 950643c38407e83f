"""The admin as a supervisor thinks of it: what stands where, and what to do first."""

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse

from outbound_site.core.admin.site import PagesAdminSite

# Headings with their pages in order. A page that is not named here stands under "More".
GROUPS: dict[str, list[str]] = {
    "Campaigns": ["campaigns.Campaign", "campaigns.SkillGroup", "campaigns.BlendedAgentOptions"],
    "Contacts": ["campaigns.Contact", "campaigns.ImportJob"],
    "Dialing": ["dialing."],
    "Do Not Call": ["dnc."],
    "Callbacks": ["callbacks.PersonalCallback", "callbacks.CallbackImport"],
    "Time zones": ["timezones.TimeZone", "timezones.RegionPrefix"],
    "People and roles": ["callbacks.Agent", "auth.User", "outbound_site.Role", "axes.AccessAttempt"],
    "Deleted objects": [
        "campaigns.DeletedCampaign",
        "campaigns.DeletedSkillGroup",
        "callbacks.DeletedAgent",
    ],
}
OTHER = "More"


class OutboundAdminSite(PagesAdminSite):
    site_title = "Outbound"
    site_header = "Outbound"
    index_title = "Campaigns and lists"
    # The site's only pages are the admin's.
    site_url = None

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The pages that the user may see, grouped; those of one app when `app_label` is given."""
        permitted = super().get_app_list(request, app_label)
        if app_label is not None:
            return permitted
        grouped: dict[str, list[tuple[int, dict[str, Any]]]] = {heading: [] for heading in (*GROUPS, OTHER)}
        for app in permitted:
            for page in app["models"]:
                heading, position = place_of(page["model"]._meta.label)
                grouped[heading].append((position, page))
        return [group(heading, pages) for heading, pages in grouped.items() if pages]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, (extra_context or {}) | {"next_steps": next_steps(request)})


def place_of(label: str) -> tuple[str, int]:
    """Heading and position of a page; a name that ends in a period takes every page of its app."""
    for heading, labels in GROUPS.items():
        for position, known in enumerate(labels):
            if label == known or (known.endswith(".") and label.startswith(known)):
                return heading, position
    return OTHER, 0


def group(heading: str, pages: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    models = [page for _, page in sorted(pages, key=lambda pair: pair[0])]
    return {
        "name": heading,
        "app_label": heading.lower().replace(" ", "-"),
        "app_url": models[0]["admin_url"] or models[0]["add_url"],
        "has_module_perms": True,
        "models": models,
    }


def next_steps(request: HttpRequest) -> list[tuple[str, str]]:
    """What a new server still needs before its first campaign runs, as (text, address)."""
    if apps.get_model("campaigns.Campaign").objects.active().exists():
        return []
    steps = [
        ("campaigns.add_skillgroup", "Check the skill groups", "admin:campaigns_skillgroup_changelist"),
        (
            "campaigns.change_blendedagentoptions",
            "Set the hours of new campaigns",
            "admin:campaigns_blendedagentoptions_changelist",
        ),
        ("campaigns.add_campaign", "Add a campaign", "admin:campaigns_campaign_add"),
    ]
    return [(text, reverse(name)) for permission, text, name in steps if request.user.has_perm(permission)]
