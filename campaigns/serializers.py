"""Wire names of the campaign resources, in the order of the API text's examples."""

from typing import Any

from campaigns.models import Campaign, CampaignSkillGroup, Contact, SkillGroup
from campaigns.models.campaign import MAX_SKILL_GROUPS
from campaigns.models.contact import MAX_PHONES
from outbound_site.core.server_time import to_wall
from outbound_site.imports.bulk_requests import BulkSerializer
from outbound_site.unifiedconfig.elements import Computed, Integer, element_for, elements_for
from outbound_site.unifiedconfig.references import Reference, find_by_id, ref_url
from outbound_site.unifiedconfig.serializers import Collection, Group, ResourceSerializer
from timezones.serializers import time_zone_reference

# More than one campaign can hold, so that the error names the campaign's rule and not the parser's limit.
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


def has_skill_groups(campaign: Any) -> bool:
    """Without skill groups a campaign leaves out what is theirs (docs/wire-format.md 11.1)."""
    return bool(campaign.loaded_skill_groups)


class CampaignSerializer(ResourceSerializer):
    root_name = "campaign"
    elements = (
        Integer("changeStamp", required=True, update_only=True),
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
        element_for(Campaign, "dialingMode", shown_if=has_skill_groups),
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
        element_for(Campaign, "reservationPercentage", shown_if=has_skill_groups),
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
            bare_reference="skillGroup",
        ),
        Collection(
            "skillGroupInfosAdded",
            "skillGroupInfo",
            skill_group_info,
            limit=MOST_ITEMS_READ,
            bare_reference="skillGroup",
            update_only=True,
        ),
        Collection(
            "skillGroupInfosRemoved",
            "skillGroupInfo",
            [skill_group_reference],
            limit=MOST_ITEMS_READ,
            bare_reference="skillGroup",
            update_only=True,
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


def phone_element(position: int) -> Computed:
    """`phone01` to `phone10`; one that the contact does not have is left out."""

    def show(contact: Contact) -> dict[str, Any] | None:
        phone = next((phone for phone in contact.phones.all() if phone.position == position), None)
        if phone is None:
            return None
        return {
            "callResult": phone.call_result,
            "dstObserved": phone.dst_observed,
            "gmtOffset": phone.gmt_offset,
            "number": phone.number,
        }

    return Computed(f"phone{position:02}", show)


class ContactSummarySerializer(ResourceSerializer):
    """A contact in a list with `summary=true` (docs/wire-format.md 7.4)."""

    root_name = "importContact"
    elements = (
        Computed("refURL", lambda contact: contact.ref_url),
        element_for(Contact, "accountNumber"),
        Computed("callStatus", lambda contact: contact.get_status_display()),
        element_for(Contact, "callResultOverall", "call_result"),
        *elements_for(Contact, "firstName", "lastName"),
    )


class ContactSerializer(ResourceSerializer):
    root_name = "importContact"
    elements = (
        Computed("refURL", lambda contact: contact.ref_url),
        *elements_for(Contact, "accountNumber", "callsMade"),
        Computed("callStatus", lambda contact: contact.get_status_display()),
        element_for(Contact, "callResultOverall", "call_result"),
        *elements_for(Contact, "firstName", "lastName"),
        Computed("importDate", lambda contact: to_wall(contact.import_date)),
        *(phone_element(position) for position in range(1, MAX_PHONES + 1)),
    )


class ContactImportSerializer(BulkSerializer):
    root_name = "import"
