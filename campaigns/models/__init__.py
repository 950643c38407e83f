from campaigns.models.campaign import Campaign, CampaignSkillGroup, DeletedCampaign, Origin
from campaigns.models.contact import CallStatus, Contact, ContactPhone, ZoneSource
from campaigns.models.import_job import ImportJob
from campaigns.models.options import BlendedAgentOptions
from campaigns.models.skill_group import DeletedSkillGroup, SkillGroup
from outbound_site.imports.list_import import ImportSource, ImportState

__all__ = [
    "BlendedAgentOptions",
    "CallStatus",
    "Campaign",
    "CampaignSkillGroup",
    "Contact",
    "ContactPhone",
    "DeletedCampaign",
    "DeletedSkillGroup",
    "ImportJob",
    "ImportSource",
    "ImportState",
    "Origin",
    "SkillGroup",
    "ZoneSource",
]
