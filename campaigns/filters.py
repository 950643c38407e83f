from django.db.models import F, Q

from campaigns.models import Campaign, Contact, SkillGroup
from outbound_site.unifiedconfig.filters import ResourceFilter
from outbound_site.unifiedconfig.text import Fold


class CampaignFilter(ResourceFilter):
    searched = {"name": "name", "description": "description"}
    sorted_by = {
        "name": "name",
        "description": "description",
        # Added by later releases of the original (docs/wire-format.md 15.1).
        "startDate": "start_date",
        "endDate": "end_date",
        "enabled": "enabled",
        "campaignPurposeType": "campaign_purpose_type",
        "timezone": "time_zone__name",
        "dialingMode": "dialing_mode",
    }
    default_order = (Fold("name"), "pk")

    class Meta:
        model = Campaign
        fields: list[str] = []


class SkillGroupFilter(ResourceFilter):
    searched = {"name": "name", "description": "description"}
    sorted_by = {"name": "name", "description": "description"}
    default_order = (Fold("name"), "pk")

    class Meta:
        model = SkillGroup
        fields: list[str] = []

    def term(self, word: str) -> Q:
        """`campaign:(none)` finds the groups that are in no campaign."""
        return Q(info=None) if word == "campaign:(none)" else super().term(word)


class ContactFilter(ResourceFilter):
    searched = {"accountNumber": "account_number", "firstName": "first_name", "lastName": "last_name"}
    sorted_by = {
        "accountNumber": F("account_key"),
        "firstName": "first_name",
        "lastName": "last_name",
    }
    default_order = ("account_key", "pk")

    class Meta:
        model = Contact
        fields: list[str] = []

    def term(self, word: str) -> Q:
        """In the folded text that is stored with the contact: a list may have millions."""
        return Q(search_text__contains=word.lower())
