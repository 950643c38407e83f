"""Wire names of the campaign resources, in the order of the API text's examples."""

from typing import Any

from campaigns.models import Campaign, CampaignSkillGroup, SkillGroup
from campaigns.models.campaign import MAX_SKILL_GROUPS
from outbound_site.unifiedconfig.elements import Computed, Element, element_for, elements_for
from outbound_site.unifiedconfig.references import Reference, find_by_id, ref_url
from outbound_site.unifiedconfig.serializers import Collection, Group, ResourceSerializer
from timezones.serializers import time_zone_reference

# More than one campaign can hold, so that the limit is told as the campaign's rule and not as the parser's.
MOST_ITEMS_READ = 5 * MAX_SKILL_GROUPS

skill_group_reference = Reference(
    "skillGroup",
    kind="skillgroup",
    find=find_by_id(SkillGroup.objects.active),
    show=lambda group: {"refURL": group.ref_url, "name": group.name},
    required=True,
)

skill_group_info = (
    *elements_for(CampaignSkillGroup, "ivrPorts", "overflowAgents", "recordsToCache", "abandonedRoutePoint"),
    element_for(CampaignSkillGroup, "dialedNumber", always=True),
    element_for(CampaignSkillGroup, "ivrRoutePoint"),
    skill_group_reference,
)


class WithSkillGroups(Element):
    """An element that a campaign without skill groups leaves out (api-conventions.md 11.1)."""

    def __init__(self, element: Element) -> None:
        self.__dict__ |= element.__dict__
        self.element = element

    def read(self, instance: Any) -> Any:
        return self.element.read(instance) if instance.loaded_skill_groups else None

    def parse(self, raw: Any) -> Any:
        return self.element.parse(raw)


class CampaignSerializer(ResourceSerializer):
    root_name = "campaign"
    elements = (
        element_for(Campaign, "changeStamp", required_on_update=True),
        Computed("refURL", lambda campaign: campaign.ref_url),
        Computed("import", lambda campaign: {"refURL": ref_url("import", campaign.pk)}),
        *elements_for(
            Campaign,
            "abandonEnabled",
            "abandonPercent",
            "amdTreatmentMode",
            "campaignPrefix",
            "campaignPurposeType",
            "description",
        ),
        WithSkillGroups(element_for(Campaign, "dialingMode")),
        *elements_for(Campaign, "enabled", "endDate", "endTime"),
        # The API text's example spells it with capitals, its list of parameters and its clients do not.
        element_for(Campaign, "ipAmdEnabled", aliases=["ipAMDEnabled"]),
        *elements_for(
            Campaign,
            "ipTerminatingBeepDetect",
            "linesPerAgent",
            "maxAttempts",
            "maximumLinesPerAgent",
            "minimumCallDuration",
        ),
        element_for(Campaign, "name", required=True),
        *elements_for(
            Campaign,
            "noAnswerRingLimit",
            "personalizedCallbackEnabled",
            "predictiveCorrectionPace",
            "predictiveGain",
            "rescheduleCallbackMode",
        ),
        WithSkillGroups(element_for(Campaign, "reservationPercentage")),
        Group(
            "retries",
            elements_for(
                Campaign,
                "answeringMachineDelay",
                "busySignalDelay",
                "customerAbandonedDelay",
                "customerNotHomeDelay",
                "dialerAbandonedDelay",
                "noAnswerDelay",
            ),
            flat_input=True,
        ),
        Collection(
            "skillGroupInfos",
            "skillGroupInfo",
            skill_group_info,
            rows=lambda campaign: campaign.loaded_skill_groups,
            limit=MOST_ITEMS_READ,
        ),
        Collection("skillGroupInfosAdded", "skillGroupInfo", skill_group_info, limit=MOST_ITEMS_READ),
        Collection(
            "skillGroupInfosRemoved", "skillGroupInfo", [skill_group_reference], limit=MOST_ITEMS_READ
        ),
        *elements_for(Campaign, "startDate", "startTime"),
        time_zone_reference,
        Group(
            "callProgressAnalysis",
            [
                element_for(Campaign, "enabled", "cpa_enabled"),
                element_for(Campaign, "record", "cpa_record"),
                *elements_for(
                    Campaign,
                    "minSilencePeriod",
                    "analysisPeriod",
                    "minimumValidSpeech",
                    "maxTimeAnalysis",
                    "maxTermToneAnalysis",
                ),
            ],
        ),
    )


class SkillGroupSerializer(ResourceSerializer):
    root_name = "skillGroup"
    elements = (
        element_for(SkillGroup, "changeStamp", read_only=True),
        Computed("refURL", lambda group: group.ref_url),
        *elements_for(SkillGroup, "name", "description", "peripheralNumber"),
    )
