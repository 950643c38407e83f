from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from callbacks.rules import FIRST_TIME, LAST_TIME, check_new_time, check_time_change, storable
from campaigns.models import Campaign, Contact
from outbound_site.core.server_time import to_wall
from outbound_site.core.soft_deletion import SoftDeletable, history_of_concrete_model
from outbound_site.core.validators import InRange, MaxBytes, phone_characters, printable
from outbound_site.imports.list_import import ListImport
from outbound_site.unifiedconfig.references import ref_url

MAX_ATTEMPTS = 2**31 - 1


class Agent(SoftDeletable):
    """A person who takes calls. The id is the original's SkillTargetID."""

    agent_id = models.CharField(
        "agent ID", max_length=32, validators=[printable], help_text="The agent's login number at the switch."
    )
    first_name = models.CharField(max_length=50, blank=True, validators=[printable])
    last_name = models.CharField(max_length=50, blank=True, validators=[printable])
    user_name = models.CharField(max_length=64, blank=True, validators=[printable])
    description = models.CharField(max_length=255, blank=True, validators=[printable])
    peripheral_id = models.PositiveIntegerField("peripheral ID", default=5000)
    change_stamp = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords()

    class Meta:
        ordering = ["agent_id"]
        constraints = [
            models.UniqueConstraint(
                "peripheral_id",
                "agent_id",
                name="agent_id_at_its_peripheral",
                violation_error_message="This agent ID is already in use.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.first_name} {self.last_name}".strip()

    @property
    def ref_url(self) -> str:
        return ref_url("agent", self.pk)


@history_of_concrete_model
class DeletedAgent(Agent):
    """An agent under Deleted Objects, with permissions of its own for the purge."""

    class Meta:
        proxy = True
        verbose_name = "deleted agent"


class CallbackStatus(models.TextChoices):
    """Letters as the callback list has them, names as the wire has them (docs/behaviour.md 2).

    A number found invalid closes a callback; the call result keeps the reason.
    """

    ACTIVE = "A", "active"
    CALLBACK_REQUESTED = "B", "callbackRequested"
    CLOSED = "C", "closed"
    DIALED = "D", "dialed"
    AGENT_REJECTED = "J", "agentRejected"
    MAX_ATTEMPTS_REACHED = "M", "maxAttemptsReached"
    PENDING = "P", "pending"
    RETRY = "R", "retry"
    PERSONAL_CALLBACK_REQUESTED = "S", "personalCallbackRequested"
    UNKNOWN = "U", "unknown"
    AGENT_NOT_AVAILABLE = "X", "agentNotAvailable"


# Callbacks that somebody still expects to be made.
OPEN_STATUSES = [
    CallbackStatus.ACTIVE,
    CallbackStatus.CALLBACK_REQUESTED,
    CallbackStatus.PENDING,
    CallbackStatus.PERSONAL_CALLBACK_REQUESTED,
    CallbackStatus.RETRY,
    CallbackStatus.UNKNOWN,
]

# What a callback is while a dialer has it, or was lost with it.
SET_BY_DIALERS = [CallbackStatus.ACTIVE, CallbackStatus.UNKNOWN]


class PersonalCallbackQuerySet(models.QuerySet[Any]):
    def open(self) -> Self:
        return self.filter(call_status__in=OPEN_STATUSES)

    def overdue(self) -> Self:
        """Open ones whose window is over, so that no dialer takes them any more (docs/behaviour.md 9.2)."""
        return self.open().filter(callback_date_time__lt=timezone.now() - settings.CALLBACK_TIME_LIMIT)

    def change(self, **values: Any) -> int:
        """Update them with their stamp, so that clients see that they changed; how many."""
        return self.update(**values, change_stamp=models.F("change_stamp") + 1)

    def locked(self) -> Self:
        """For a change in a transaction: a dialer that takes the row at this moment waits or is seen."""
        return self.select_for_update(of=("self",))


class PersonalCallback(models.Model):
    """A call that an agent shall make to a customer at a time (API text, "Personal Callback API")."""

    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, blank=True, related_name="personal_callbacks"
    )
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="personal_callbacks")
    # The contact that asked for it, if any. Contacts go without asking who refers to them.
    contact = models.ForeignKey(
        Contact,
        models.DO_NOTHING,
        null=True,
        editable=False,
        related_name="personal_callbacks",
        db_constraint=False,
        db_index=False,
    )
    campaign_dn = models.CharField(
        "campaign DN",
        max_length=12,
        blank=True,
        validators=[printable],
        help_text="The dialed number to use if the original agent is not available, at most 12 characters.",
    )
    phone = models.CharField(
        max_length=20, validators=[phone_characters], help_text="The number to call: digits, # and *."
    )
    account_number = models.CharField(
        max_length=30,
        blank=True,
        validators=[MaxBytes(30), printable],
        help_text="The customer's account number, at most 30 bytes.",
    )
    max_attempts = models.PositiveIntegerField(
        default=1,
        validators=[InRange(0, MAX_ATTEMPTS)],
        help_text="Days on which the call is attempted at most; one less after each of them, 0: no more.",
    )
    callback_date_time = models.DateTimeField(
        "callback time", validators=[storable], help_text="When to call the customer."
    )
    call_status = models.CharField(max_length=1, choices=CallbackStatus, default=CallbackStatus.PENDING)
    call_result = models.PositiveSmallIntegerField(default=0, editable=False)
    last_name = models.CharField(max_length=50, blank=True, validators=[printable])
    first_name = models.CharField(max_length=50, blank=True, validators=[printable])
    change_stamp = models.PositiveIntegerField(default=0, editable=False)
    inserted_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_to_dialer_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[Any] = PersonalCallbackQuerySet.as_manager()
    # A bulk request writes 10,000 of these; they are only ever asked for by the callback's id.
    history = HistoricalRecords(no_db_index=["agent", "campaign", "contact"])

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["callback_date_time"], name="callback_by_time"),
            models.Index(fields=["call_status", "callback_date_time"], name="callback_by_status_and_time"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(phone=""), name="callback_has_a_phone"),
            models.CheckConstraint(
                condition=Q(max_attempts__range=(0, MAX_ATTEMPTS)), name="callback_max_attempts_in_range"
            ),
            models.CheckConstraint(
                condition=Q(callback_date_time__range=(FIRST_TIME, LAST_TIME)), name="callback_time_in_range"
            ),
            models.CheckConstraint(
                condition=Q(call_status__in=CallbackStatus.values), name="callback_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        name = f"{self.first_name} {self.last_name}".strip()
        return f"{name}, {self.phone}" if name else self.phone

    @property
    def ref_url(self) -> str:
        return ref_url("personalcallback", self.pk)

    @property
    def is_active(self) -> bool:
        """Whether a dialer holds it, so that nobody may change or delete it."""
        return self.call_status == CallbackStatus.ACTIVE

    @property
    def is_open(self) -> bool:
        """Whether somebody still expects it to be made."""
        return self.call_status in OPEN_STATUSES

    def clean(self) -> None:
        """The rules across fields, about time and about what is stored. Raises ValidationError."""
        stored = PersonalCallback.objects.filter(pk=self.pk).first() if self.pk else None
        if stored is not None:
            stored.refuse_if_active()
        errors: dict[str, ValidationError] = {}
        for name, check in (
            ("callback_date_time", self._check_time),
            ("max_attempts", self._check_attempts),
            ("agent", self._check_agent),
            ("campaign", self._check_campaign),
        ):
            try:
                check(stored)
            except ValidationError as error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)

    def refuse_if_active(self) -> None:
        """Raises ValidationError (docs/behaviour.md 9.1: never edit or delete a row in A)."""
        if self.is_active:
            message = (
                "The callback is active: it is with a dialer and cannot be changed or deleted until then"
            )
            raise ValidationError(message, "invalidInput.callbackActive")

    def _check_time(self, stored: "PersonalCallback | None") -> None:
        if self.callback_date_time is None:
            return
        # Clients send the wall clock, which cannot tell the two hours of an autumn night apart.
        if stored and to_wall(self.callback_date_time) == to_wall(stored.callback_date_time):
            self.callback_date_time = stored.callback_date_time
            return
        if stored:
            check_time_change(stored.callback_date_time)
        check_new_time(self.callback_date_time)

    def _check_attempts(self, stored: "PersonalCallback | None") -> None:
        if self.max_attempts == 0 and not (stored and stored.max_attempts == 0):
            InRange(1, MAX_ATTEMPTS)(self.max_attempts)

    def _check_agent(self, stored: "PersonalCallback | None") -> None:
        if self.agent_id and not (stored and stored.agent_id == self.agent_id) and self.agent.deleted_at:
            raise agent_deleted()

    def _check_campaign(self, stored: "PersonalCallback | None") -> None:
        if (
            self.campaign
            and not (stored and stored.campaign_id == self.campaign_id)
            and self.campaign.deleted_at
        ):
            raise ValidationError("This campaign was deleted", "invalidInput.invalidReference")


def agent_deleted() -> ValidationError:
    return ValidationError("This agent was deleted", "invalidInput.invalidReference")


class CallbackImport(ListImport):
    """One import of a list of callbacks."""

    upload = models.FileField(upload_to="callback-uploads/", blank=True, editable=False)
    rejects = models.FileField(upload_to="callback-rejects/", blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Import {self.pk} of personal callbacks"

    @property
    def target(self) -> str:
        return "the callback list"

    def imports_of_target(self) -> models.QuerySet[Any]:
        return CallbackImport._default_manager.all()
