"""Hands records to dialers (docs/behaviour.md 5): what `eligibility` allows, selected in sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact, ContactPhone
from dialing import attempt_rule, call_history
from dialing.claim_lock import shared_claim_lock
from dialing.clock import is_behind
from dialing.counter_periods import day_of, list_began
from dialing.dialers import heard_from
from dialing.due_records import DueBatch, NumberRule, due_by_priority, take_first
from dialing.eligibility import (
    DialingContext,
    Rule,
    callback_window_ends,
    called_back_phone,
    campaign_reasons,
    choose,
    last_day_ends,
    number_reasons,
    window_closes,
)
from dialing.leases import numbers_in_use, store_leases
from dialing.models import CallHistory, CampaignManagerOptions, Dialer, Lease
from dialing.reported_calls import CallEnd
from dialing.result_codes import DO_NOT_CALL
from dialing.transitions import apply, open_phones
from dnc import do_not_call_list

MOST_RECORDS = 1_000
# Rounds of records whose numbers turn out to be listed; after them the answer is what there is.
MOST_ROUNDS = 20
# What a call result may change.
CONTACT_FIELDS = [
    "status",
    "call_result",
    "calls_made",
    "callback_at",
    "callback_number",
    "called_back_at",
    "last_phone",
]
PHONE_FIELDS = ["call_result", "calls_made", "callback_at", "closed"]


@dataclass(frozen=True)
class Record:
    """A record as it leaves; `phone` is None when a callback goes to another number.

    `attempts_left`: after this one.
    """

    lease: Lease
    contact: Contact
    phone: ContactPhone | None
    attempts_left: int


def running_campaigns(at: datetime) -> list[Campaign]:
    """The campaigns that a dialer runs at that instant, of either origin (docs/behaviour.md 5.2)."""
    enabled = Campaign.objects.active().filter(enabled=True).with_parts().order_by("pk")
    return [campaign for campaign in enabled if not any(campaign_reasons(campaign, at))]


def claim_records(dialer: str, campaign_id: int, count: int, at: datetime | None = None) -> list[Record]:
    """Give the dialer up to `count` (at most MOST_RECORDS) due records of the campaign; they become active.

    Fewer, or none, when no more are due or the campaign does not dial now; that is no error. Every number
    is tested against the Do Not Call list here, and a listed one is closed with result 26. A record whose
    number is with a dialer already, for whatever record, is passed over.
    """
    at = at or timezone.now()
    sender = heard_from(dialer, at)
    if is_behind(at):
        return []
    with shared_claim_lock():
        campaign = Campaign.objects.active().select_related("time_zone").filter(pk=campaign_id).first()
        options = CampaignManagerOptions.load()
        if campaign is None or any(campaign_reasons(campaign, at)):
            return []
        if not attempt_rule.activate(campaign, options.max_attempts_per_number):
            return []
        hand_out = HandOut(campaign, options, sender, at)
        return hand_out.take(min(count, MOST_RECORDS))


@dataclass
class HandOut:
    """One hand-out of a campaign that is dialing, inside a transaction."""

    campaign: Campaign
    options: CampaignManagerOptions
    dialer: Dialer
    at: datetime
    seen: set[int] = field(default_factory=set)
    exhausted: list[int] = field(default_factory=list)
    # Numbers that dialers have, of this hand-out too, as far as it has met them.
    in_use: dict[str, datetime] = field(default_factory=dict)
    met_in_use: bool = False
    # By zone set, when its window closes; at most the lease's time.
    closes: dict[int, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.latest = last_day_ends(self.campaign, self.at + self.options.lease_time)

    def take(self, count: int) -> list[Record]:
        records: list[Record] = []
        for _, batches in due_by_priority(self.campaign, self.options, self.at):
            for _round in range(MOST_ROUNDS):
                wanted = count - len(records)
                contacts = self.first_of(batches, wanted) if wanted else []
                records += self.chosen_among(contacts)
                if len(contacts) < wanted or not wanted:
                    break
        return self.store(records)

    def first_of(self, batches: Sequence[DueBatch], count: int) -> list[Contact]:
        """Due contacts not yet seen. Once a number was in use such records are left out by the query, since
        there may be any number of them; before, asking for each would cost more than the rest of the query.
        """
        rule = NumberRule(self.options, self.campaign, self.at) if self.met_in_use else None
        return take_first(self.campaign, batches, count, self.seen, rule)

    def store(self, records: Sequence[Record]) -> list[Record]:
        """Write the leases; without those whose number another hand-out took at this moment."""
        if not records:
            return []
        stored = store_leases([record.lease for record in records], self.at)
        left = [record for record in records if record.lease.pk in stored]
        taken = Contact.objects.filter(pk__in=[record.contact.pk for record in left])
        taken.update(status=CallStatus.ACTIVE, call_result=0)
        for record in left:
            record.contact.status, record.contact.call_result = CallStatus.ACTIVE, 0
        return left

    def chosen_among(self, contacts: Sequence[Contact]) -> list[Record]:
        """Records of those that have a number not listed and not in use; listed numbers are closed."""
        if not contacts:
            return []
        self.seen.update(contact.pk for contact in contacts)
        phones = phones_of(contacts)
        numbers = {phone.number for own in phones.values() for phone in own}
        numbers |= {contact.callback_number for contact in contacts}
        self.in_use |= numbers_in_use(numbers, self.options, self.at)
        listed = do_not_call_list.contains(numbers)
        context = DialingContext(self.campaign, self.options, listed, self.in_use)
        dnc_hits: list[CallHistory] = []
        records = []
        for contact in contacts:
            status, own = contact.status, phones[contact.pk]
            calls = self.close_listed(contact, own, context)
            dnc_hits += calls
            # A callback whose number is listed is an ordinary record from the next hand-out on.
            if not (calls and status == CallStatus.CALLBACK_REQUESTED):
                records += self.lease(contact, own, context)
        changed = {call.contact_id for call in dnc_hits}
        store_contacts([c for c in contacts if c.pk in changed], phones)
        call_history.store(dnc_hits)
        self.close_exhausted()
        return records

    def lease(
        self, contact: Contact, phones: Sequence[ContactPhone], context: DialingContext
    ) -> list[Record]:
        target = choose(contact, phones, context)
        reasons = list(number_reasons(contact, target, context, self.at))
        if reasons:
            rules = {reason.rule for reason in reasons}
            self.exhausted += [contact.pk] * (Rule.ATTEMPTS in rules)
            self.met_in_use |= Rule.NUMBER in rules
            return []
        is_callback = contact.status == CallStatus.CALLBACK_REQUESTED
        lease = Lease(
            dialer=self.dialer,
            campaign=self.campaign,
            contact=contact,
            phone=target.phone.position if target.phone and not is_callback else None,
            number=target.number,
            attempt=contact.calls_made + 1,
            mode=self.campaign.dialing_mode,
            campaign_version=self.campaign.change_stamp,
            list_began=list_began(self.campaign),
            status_before=contact.status,
            granted_at=self.at,
            expires_at=self.expiry(contact),
        )
        self.in_use[lease.number] = lease.expires_at
        counted_phone = target.phone or phones[0]
        made = counted_phone.calls_made if self.options.max_attempts_per_number else contact.calls_made
        return [Record(lease, contact, target.phone, max(0, self.campaign.max_attempts - made - 1))]

    def expiry(self, contact: Contact) -> datetime:
        """No later than the contact may be dialed."""
        if contact.is_promised and contact.callback_at:
            return min(callback_window_ends(contact.callback_at), self.latest)
        if contact.zone_set_id not in self.closes:
            self.closes[contact.zone_set_id] = window_closes(
                self.campaign, contact.zone_set.zones, self.at, self.latest
            )
        return self.closes[contact.zone_set_id]

    def close_exhausted(self) -> None:
        """Records that came back after `maxAttempts` was lowered; they would stand before others for ever."""
        if self.exhausted:
            per_number = self.options.max_attempts_per_number
            retried = Contact.objects.filter(pk__in=self.exhausted, status=CallStatus.CALLBACK_REQUESTED)
            attempt_rule.end_callbacks(retried.exclude(called_back_at=None), self.campaign, per_number)
            attempt_rule.close_exhausted(self.campaign, per_number, self.exhausted)
            self.exhausted.clear()

    def close_listed(
        self, contact: Contact, phones: Sequence[ContactPhone], context: DialingContext
    ) -> list[CallHistory]:
        """Result 26 for each number of the contact that could be dialed and is listed; the rows to store."""
        per_number = self.options.max_attempts_per_number
        status, numbers = contact.status, {contact.callback_number: called_back_phone(contact, phones)}
        if status != CallStatus.CALLBACK_REQUESTED:
            left = open_phones(phones, contact, self.campaign, per_number)
            numbers = {phone.number: phone for phone in reversed(left)}
        calls = []
        for number, phone in numbers.items():
            if number in context.listed:
                call_end = CallEnd(DO_NOT_CALL, self.at)
                apply(call_end, contact, phones, phone, status, self.campaign, per_number)
                calls.append(self.dnc_hit(contact, number, phone))
        return calls

    def dnc_hit(self, contact: Contact, number: str, phone: ContactPhone | None) -> CallHistory:
        return call_history.contact_call(
            contact,
            DO_NOT_CALL,
            at=self.at,
            day=day_of(self.at),
            campaign=self.campaign,
            campaign_version=self.campaign.change_stamp,
            list_began=list_began(self.campaign),
            dialer=self.dialer.name,
            number=number,
            phone=phone.position if phone else None,
        )


def phones_of(contacts: Sequence[Contact]) -> dict[int, list[ContactPhone]]:
    """Each contact's phones in dialing order, in one query."""
    phones: dict[int, list[ContactPhone]] = {contact.pk: [] for contact in contacts}
    for phone in ContactPhone.objects.filter(contact__in=list(phones)).order_by("contact", "position"):
        phones[phone.contact_id].append(phone)
    return phones


def store_contacts(contacts: Sequence[Contact], phones: Mapping[int, Sequence[ContactPhone]]) -> None:
    """Write what `results` changed of contacts and their phones."""
    write(contacts, CONTACT_FIELDS)
    write([phone for contact in contacts for phone in phones[contact.pk]], PHONE_FIELDS)


def write(rows: Sequence[Contact] | Sequence[ContactPhone], names: Sequence[str]) -> None:
    """Store these attributes of many rows; `bulk_update` takes ten times as long to write its statement."""
    if not rows:
        return
    meta, quote = rows[0]._meta, connection.ops.quote_name
    fields: list[Any] = [meta.get_field(name) for name in names]
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    values = [
        [*(f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields), row.pk] for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {quote(meta.db_table)} SET {columns} WHERE id = %s", values)
