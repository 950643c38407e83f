from campaigns.admin.campaigns import CampaignAdmin
from campaigns.admin.contacts import ContactAdmin
from campaigns.admin.deleted import DeletedCampaignAdmin, DeletedSkillGroupAdmin
from campaigns.admin.imports import ImportJobAdmin
from campaigns.admin.options import BlendedAgentOptionsAdmin
from campaigns.admin.skill_groups import SkillGroupAdmin

__all__ = [
    "BlendedAgentOptionsAdmin",
    "CampaignAdmin",
    "ContactAdmin",
    "DeletedCampaignAdmin",
    "DeletedSkillGroupAdmin",
    "ImportJobAdmin",
    "SkillGroupAdmin",
]
