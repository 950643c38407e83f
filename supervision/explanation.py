"""Why a contact is or is not being dialed, for pages; `campaign_state` does so for campaigns."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.models.contact import Contact
from dialing.eligibility import Decision, DialingContext, decide
from dialing.leases import numbers_in_use
from dialing.models import CampaignManagerOptions, Lease
from dialing.record_feed import phones_of
from dnc import do_not_call_list


def contact_decision(contact: Contact, at: datetime | None = None) -> Decision:
    """The decision on one stored contact, with all that it depends on read from the database."""
    return contact_decisions([contact], at)[0]


def contact_decisions(contacts: Sequence[Contact], at: datetime | None = None) -> list[Decision]:
    """The same for several contacts of one campaign, in a constant number of queries."""
    if not contacts:
        return []
    at = at or timezone.now()
    options = CampaignManagerOptions.load()
    campaign = Campaign.objects.select_related("time_zone").get(pk=contacts[0].campaign_id)
    phones = phones_of(contacts)
    numbers = {phone.number for own in phones.values() for phone in own}
    numbers |= {contact.callback_number for contact in contacts}
    listed, in_use = do_not_call_list.contains(numbers), numbers_in_use(numbers, options, at)
    held = Lease.objects.open().select_related("dialer").filter(contact__in=contacts)
    leases = {lease.contact_id: lease for lease in held}
    return [
        decide(c, phones[c.pk], DialingContext(campaign, options, listed, in_use, leases.get(c.pk)), at)
        for c in contacts
    ]
