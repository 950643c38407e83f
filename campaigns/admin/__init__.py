from functools import partial
from typing import cast

from django.contrib import admin

from campaigns.admin.campaigns import CampaignAdmin
from campaigns.admin.contacts import ContactAdmin
from campaigns.admin.deleted import DeletedCampaignAdmin, DeletedSkillGroupAdmin
from campaigns.admin.imports import ImportJobAdmin
from campaigns.admin.options import BlendedAgentOptionsAdmin
from campaigns.admin.skill_groups import SkillGroupAdmin
from campaigns.models import BlendedAgentOptions
from outbound_site.core.admin.site import PagesAdminSite
from timezones.admin import time_zones_page
from timezones.local_time import DialingWindow

__all__ = [
    "BlendedAgentOptionsAdmin",
    "CampaignAdmin",
    "ContactAdmin",
    "DeletedCampaignAdmin",
    "DeletedSkillGroupAdmin",
    "ImportJobAdmin",
    "SkillGroupAdmin",
]


def hours_of_new_campaigns() -> DialingWindow:
    options = BlendedAgentOptions.load()
    return DialingWindow(options.dial_start, options.dial_end)


site = cast(PagesAdminSite, admin.site)
site.register_page(
    "timezones/around-the-clock/",
    partial(time_zones_page, default_hours=hours_of_new_campaigns),
    "timezones_around_the_clock",
)
