from campaigns.models.campaign import Campaign, CampaignSkillGroup, Origin
from campaigns.models.options import BlendedAgentOptions
from campaigns.models.skill_group import SkillGroup

__all__ = ["BlendedAgentOptions", "Campaign", "CampaignSkillGroup", "Origin", "SkillGroup"]
