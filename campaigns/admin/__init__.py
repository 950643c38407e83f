from typing import cast

from django.contrib import admin

from campaigns.admin.campaigns import CampaignAdmin
from campaigns.admin.contacts import ContactAdmin
from campaigns.admin.deleted import DeletedCampaignAdmin, DeletedSkillGroupAdmin
from campaigns.admin.imports import ImportJobAdmin
from campaigns.admin.options import BlendedAgentOptionsAdmin
from campaigns.admin.skill_groups import SkillGroupAdmin
from campaigns.admin.time_zones import time_zones_page
from outbound_site.core.admin.site import PagesAdminSite

__all__ = [
    "BlendedAgentOptionsAdmin",
    "CampaignAdmin",
    "ContactAdmin",
    "DeletedCampaignAdmin",
    "DeletedSkillGroupAdmin",
    "ImportJobAdmin",
    "SkillGroupAdmin",
]

site = cast(PagesAdminSite, admin.site)
site.register_page("timezones/around-the-clock/", time_zones_page, "timezones_around_the_clock")
