from typing import Any

from django.contrib.auth.models import Group, User
from django.db import models
from django.utils import timezone
from simple_history import register
from simple_history.models import HistoricalRecords


class Heartbeat(models.Model):
    """One row: when a worker last ran the periodic task that proves schedule, broker and worker alive."""

    beaten_at = models.DateTimeField(default=timezone.now)
    # When the clock was last set by more than CLOCK_JUMP, by the new time, and by how many seconds.
    clock_set_at = models.DateTimeField(null=True)
    clock_set_by = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.beaten_at.isoformat()


class KnownAddress(models.Model):
    """An address from which a user signed in lately (outbound_site/sign_in.py)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    address = models.GenericIPAddressField()
    signed_in_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "address"], name="known_address_once_per_user")
        ]

    def __str__(self) -> str:
        return f"{self.address}, {self.signed_in_at.isoformat()}"


class Role(Group):
    """A group of permissions; the built-in ones are made by outbound_site/roles.py."""

    class Meta:
        proxy = True
        verbose_name = "role"


class SideAwareRecords(HistoricalRecords):
    """Records changes of a many-to-many relation from its other side, too, where the library fails."""

    def m2m_changed(
        self, instance: Any, action: str, attr: str, pk_set: set[int] | None, reverse: bool, **kwargs: Any
    ) -> None:
        changed = pk_set or () if reverse else [instance.pk]
        for item in self.cls._default_manager.filter(pk__in=changed):
            super().m2m_changed(item, action, attr, pk_set, False, **kwargs)


class UserRecords(SideAwareRecords):
    """A sign-in is no change of the user; it may renew the password's hash on the way."""

    def post_save(self, instance: Any, created: bool, using: str | None = None, **kwargs: Any) -> None:
        if not set(kwargs.get("update_fields") or ["all"]) <= {"last_login", "password"}:
            super().post_save(instance, created, using, **kwargs)


# Password hashes stay in one place.
register(
    User,
    app="outbound_site",
    records_class=UserRecords,
    excluded_fields=["password", "last_login"],
    m2m_fields=["groups"],
)
register(Role, records_class=SideAwareRecords, m2m_fields=["permissions"])
