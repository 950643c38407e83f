from django.db import models
from django.utils import timezone

from campaigns.models.campaign import Campaign
from outbound_site.core.validators import MaxBytes, phone_characters, printable
from outbound_site.unifiedconfig.references import ref_url
from timezones.local_time import gmt_offset
from timezones.models import CodePointField, ZoneSet

MAX_PHONES = 10
# No text that is accepted holds it, and no word of a search.
SEARCH_SEPARATOR = "\x1f"
# Few, so that the index pages that an import touches stay in the cache (campaigns/id_blocks.py).
ID_BLOCK_SIZE = 16_384


class CallStatus(models.TextChoices):
    """Letters as the dialing list has them, names as the wire has them (docs/behaviour.md 2)."""

    PENDING = "P", "pending"
    ACTIVE = "A", "active"
    DIALED = "D", "dialed"
    RETRY = "R", "retry"
    CALLBACK_REQUESTED = "B", "callbackRequested"
    PERSONAL_CALLBACK_REQUESTED = "S", "personalCallbackRequested"
    CLOSED = "C", "closed"
    MAX_ATTEMPTS_REACHED = "M", "maxAttemptsReached"
    AGENT_REJECTED = "J", "agentRejected"
    UNKNOWN = "U", "unknown"


class ZoneSource(models.TextChoices):
    """What gave a phone its zone (API text, "Import API", note on `TimeZoneBias`)."""

    ROW = "R", "row"
    PREFIX = "P", "region prefix"
    CAMPAIGN = "C", "campaign"


class Contact(models.Model):
    """One row of a campaign's dialing list (docs/behaviour.md 16.1); its id grows in import order.

    Contacts come and go by the ten thousand. The foreign keys have no database constraint: checked row by
    row they take longer than the whole COPY. Whatever refers to a contact must stand its absence.
    """

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="contacts", db_constraint=False, db_index=False
    )
    job = models.ForeignKey(
        "campaigns.ImportJob", models.CASCADE, related_name="contacts", db_constraint=False, db_index=False
    )
    account_number = models.CharField(max_length=30, blank=True, validators=[MaxBytes(30), printable])
    first_name = models.CharField(max_length=50, blank=True, validators=[printable])
    last_name = models.CharField(max_length=50, blank=True, validators=[printable])
    # Lower case of the above, for order and search without regard to case.
    account_key = CodePointField(max_length=60, blank=True, editable=False)
    # All three, with SEARCH_SEPARATOR between.
    search_text = models.CharField(max_length=300, blank=True, editable=False)
    import_date = models.DateTimeField(default=timezone.now, editable=False)

    status = models.CharField(max_length=1, choices=CallStatus, default=CallStatus.PENDING)
    call_result = models.PositiveSmallIntegerField(default=0, help_text="Of the last call of the record.")
    calls_made = models.PositiveSmallIntegerField(default=0)
    callback_at = models.DateTimeField(
        null=True, blank=True, help_text="The next call is due then; at once when empty."
    )
    callback_number = models.CharField(max_length=20, blank=True, validators=[phone_characters])
    called_back_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the promised callback was called; its next calls are retries, in dialing hours only.",
    )
    last_phone = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Position, 1 to 10, of the phone dialed last."
    )
    # That of the first phone, by which the dialing window of the record is judged (docs/behaviour.md 4.1).
    zone_set = models.ForeignKey(
        ZoneSet, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    run = models.GeneratedField(
        expression=models.F("id") / ID_BLOCK_SIZE, output_field=models.IntegerField(), db_persist=True
    )

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index("campaign", "status", "zone_set", "callback_at", "id", name="contact_due"),
            models.Index("campaign", "run", "account_key", "id", name="contact_by_account"),
            models.Index("job", "id", name="contact_by_job"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=CallStatus.values), name="contact_status_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_number} {self.first_name} {self.last_name}".strip() or f"contact {self.pk}"

    @property
    def ref_url(self) -> str:
        return ref_url(f"campaign/{self.campaign_id}/import", self.pk)

    @property
    def is_promised(self) -> bool:
        """Whether the customer was promised a call at `callback_at`, which was not made yet."""
        return self.status == CallStatus.CALLBACK_REQUESTED and self.called_back_at is None


class ContactPhone(models.Model):
    """A phone of a contact, in dialing order of its position."""

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="phones", db_constraint=False, db_index=False
    )
    position = models.PositiveSmallIntegerField(help_text="1 to 10: the column PhoneNN it came in.")
    number = models.CharField(max_length=20, validators=[phone_characters])
    zone_set = models.ForeignKey(
        ZoneSet, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    zone_source = models.CharField(max_length=1, choices=ZoneSource)
    call_result = models.PositiveSmallIntegerField(default=0, help_text="Of the last call to this phone.")
    calls_made = models.PositiveSmallIntegerField(default=0)
    callback_at = models.DateTimeField(
        null=True, blank=True, help_text="The next call to this phone is due then; at once when empty."
    )
    closed = models.BooleanField(default=False, help_text="Not dialed again.")
    run = models.GeneratedField(
        expression=models.F("contact") / ID_BLOCK_SIZE, output_field=models.IntegerField(), db_persist=True
    )

    class Meta:
        ordering = ["contact", "position"]
        indexes = [models.Index("run", "number", name="phone_by_number")]
        constraints = [
            models.UniqueConstraint("contact", "position", name="one_phone_a_position"),
            models.CheckConstraint(
                condition=models.Q(position__range=(1, MAX_PHONES)), name="phone_position_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def dst_observed(self) -> bool:
        return self.zone_set.zones[0].dst_observed

    @property
    def gmt_offset(self) -> int:
        """Of standard time, minutes east of GMT, 0 to 1439."""
        return gmt_offset(self.zone_set.zones[0].bias)
