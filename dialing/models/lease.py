import uuid
from typing import Self

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone

from callbacks.models import PersonalCallback
from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact
from dialing.counter_periods import ALWAYS
from outbound_site.core.validators import printable


class Dialer(models.Model):
    """A program that places calls, known by the name it gives itself."""

    name = models.CharField(max_length=64, unique=True, validators=[printable])
    last_seen_at = models.DateTimeField(default=timezone.now)
    # The agents that it last said are logged in; they show whose personal callbacks have nobody.
    agents = models.JSONField(default=list)
    # How many it last said serve a campaign, by the campaign's id as text.
    agents_by_campaign = models.JSONField(default=dict)
    # Recalls are numbered for each dialer; it confirms them by asking for those after a number.
    recall_number = models.PositiveBigIntegerField(default=0)
    confirmed_recall = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["name"]
        permissions = [("use_dialer_interface", "Take records and bring back results as a dialer")]

    def __str__(self) -> str:
        return self.name


class LeaseState(models.TextChoices):
    ACTIVE = "active", "with the dialer"
    DIALED = "dialed", "dialed"
    UNKNOWN = "unknown", "dialer lost"
    DONE = "done", "result in"
    RECALLED = "recalled", "recalled"
    LOST = "lost", "given up"


# The record belongs to this lease; its result still counts.
OPEN_STATES = [LeaseState.ACTIVE, LeaseState.DIALED, LeaseState.UNKNOWN]
OPEN = Q(state__in=OPEN_STATES)
# With the dialer, dialed or not. SQLite uses an index of a part of a table only where the query says the
# condition itself and without a parameter, as NULL does.
HELD_STATES = [LeaseState.ACTIVE, LeaseState.DIALED]
HELD = Q(ended_at=None)


class LeaseQuerySet(models.QuerySet["Lease"]):
    def open(self) -> Self:
        return self.filter(OPEN)

    def held(self) -> Self:
        return self.filter(HELD)

    def active(self) -> Self:
        return self.held().filter(state=LeaseState.ACTIVE)


class Lease(models.Model):
    """One record with one dialer for one call.

    The uuid is the fencing token: each hand-out has its own, and what is reported under an old one finds a
    lease that is no longer open. The database allows one open lease a record, and one a number, whatever the
    campaign. The contact may be gone before its lease: imports that overwrite take it away
    (docs/behaviour.md 8).
    """

    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4)
    dialer = models.ForeignKey(Dialer, models.PROTECT, related_name="leases", db_index=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="leases", null=True, db_index=False)
    contact = models.ForeignKey(
        Contact,
        models.DO_NOTHING,
        related_name="leases",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    personal_callback = models.ForeignKey(
        PersonalCallback,
        models.DO_NOTHING,
        related_name="leases",
        null=True,
        db_constraint=False,
        db_index=False,
    )
    phone = models.PositiveSmallIntegerField(null=True, help_text="Position, 1 to 10; none for a callback.")
    number = models.CharField(max_length=20)
    attempt = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=17, blank=True)
    campaign_version = models.PositiveIntegerField(default=0)
    # The list that the cumulative counters belong to, by the time at which it began.
    list_began = models.DateTimeField(default=ALWAYS)
    # What the record goes back to when nobody calls it.
    status_before = models.CharField(max_length=1, choices=CallStatus)

    state = models.CharField(max_length=8, choices=LeaseState, default=LeaseState.ACTIVE)
    granted_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    dialed_at = models.DateTimeField(null=True)
    # When the dialer ceased to hold it: by a result, by a recall, or because the dialer was lost.
    ended_at = models.DateTimeField(null=True)
    # Of a personal callback: when it may be tried again inside its window.
    try_again_at = models.DateTimeField(null=True)
    recall_number = models.PositiveBigIntegerField(null=True)
    recall_reason = models.CharField(max_length=60, blank=True)

    # Until a call must be over, reported or not; the lease stays open for its result.
    blocks_number = models.BooleanField(default=True)
    # A column, since an index over a condition helps a query on SQLite only in that condition's own words.
    number_in_use = models.GeneratedField(
        expression=Case(When(OPEN & Q(blocks_number=True), then=F("number"))),
        output_field=models.CharField(max_length=20, null=True),
        db_persist=True,
    )

    objects = LeaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("contact", condition=OPEN, name="one_open_lease_a_contact"),
            models.UniqueConstraint("personal_callback", condition=OPEN, name="one_open_lease_a_callback"),
            models.UniqueConstraint(
                "number_in_use", condition=Q(number_in_use__isnull=False), name="one_open_lease_a_number"
            ),
            models.CheckConstraint(
                condition=Q(contact=None) ^ Q(personal_callback=None), name="lease_of_one_record"
            ),
            models.CheckConstraint(
                condition=Q(state__in=HELD_STATES, ended_at=None)
                | (~Q(state__in=HELD_STATES) & Q(ended_at__isnull=False)),
                name="lease_is_held_until_it_ends",
            ),
        ]
        indexes = [
            models.Index(
                "dialer", "recall_number", name="lease_recalls", condition=Q(recall_number__isnull=False)
            ),
            models.Index("campaign", "dialer", name="lease_held_by_campaign", condition=HELD),
            models.Index("state", "ended_at", name="lease_by_state_and_end"),
            models.Index("contact", name="lease_by_contact"),
            models.Index(
                "personal_callback", name="lease_by_callback", condition=Q(personal_callback__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} with {self.dialer}"

    @property
    def record(self) -> Contact | PersonalCallback | None:
        return self.contact or self.personal_callback
