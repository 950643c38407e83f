from typing import Any

from campaigns.configuration import SkillGroupChange, create_campaign, delete_campaign, update_campaign
from campaigns.filters import CampaignFilter, SkillGroupFilter
from campaigns.models import Campaign, Origin, SkillGroup
from campaigns.serializers import CampaignSerializer, SkillGroupSerializer
from outbound_site.unifiedconfig.access import Access
from outbound_site.unifiedconfig.errors import ApiError, Refusal
from outbound_site.unifiedconfig.views import Created, Deleted, Listed, Retrieved, Updated

# The subfeatures that give a custom role update-only access (API text, note on the Role API).
SUBFEATURES = ("campaigns.campaign_status", "campaigns.campaign_contact")


class CampaignViewSet(Listed, Retrieved, Created, Updated, Deleted):
    queryset = Campaign.objects.visible_to_api().with_parts()
    serializer_class = CampaignSerializer
    filterset_class = CampaignFilter
    collection_name = "campaigns"
    not_found_exception = "CceDBDataNotFoundException"
    access = Access(
        read=("campaigns.view_campaign", *SUBFEATURES),
        create=("campaigns.add_campaign",),
        update=("campaigns.change_campaign", *SUBFEATURES),
        delete=("campaigns.delete_campaign",),
    )

    def add(self, values: dict[str, Any]) -> Campaign:
        values.pop("change_stamp", None)
        infos = values.pop("skill_group_infos", ())
        values.pop("skill_group_infos_added", None)
        values.pop("skill_group_infos_removed", None)
        return create_campaign(Origin.API, values, SkillGroupChange(replace=infos or None))

    def change(self, item: Campaign, values: dict[str, Any]) -> None:
        update_campaign(
            item.pk, values.pop("change_stamp"), skill_groups=skill_group_change(values), values=values
        )

    def remove(self, item: Campaign) -> None:
        delete_campaign(item)


def skill_group_change(values: dict[str, Any]) -> SkillGroupChange:
    """Takes the three collections out of the values. Raises Refusal when whole set and deltas are mixed."""
    replace = values.pop("skill_group_infos", None)
    added = values.pop("skill_group_infos_added", None)
    removed = values.pop("skill_group_infos_removed", None)
    if replace is not None and (added is not None or removed is not None):
        message = "skillGroupInfos cannot be combined with skillGroupInfosAdded or skillGroupInfosRemoved"
        raise Refusal(ApiError("invalidInput.invalidValue", message, "skillGroupInfos"))
    return SkillGroupChange(replace, added or (), [item["skill_group"].pk for item in removed or ()])


class SkillGroupViewSet(Listed, Retrieved):
    queryset = SkillGroup.objects.active()
    serializer_class = SkillGroupSerializer
    filterset_class = SkillGroupFilter
    collection_name = "skillGroups"
    access = Access(read=("campaigns.view_skillgroup", *SUBFEATURES))
