"""Campaigns and skill groups under Deleted Objects, with permissions of their own for the purge."""

from campaigns.models.campaign import Campaign
from campaigns.models.skill_group import SkillGroup
from outbound_site.core.soft_deletion import history_of_concrete_model


@history_of_concrete_model
class DeletedCampaign(Campaign):
    class Meta:
        proxy = True
        verbose_name = "deleted campaign"


@history_of_concrete_model
class DeletedSkillGroup(SkillGroup):
    class Meta:
        proxy = True
        verbose_name = "deleted skill group"
