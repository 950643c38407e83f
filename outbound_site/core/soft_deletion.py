"""Items that are marked deleted first and purged later (API text, "Operations": Deleted Objects)."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone


class SoftDeletableQuerySet(models.QuerySet[Any]):
    def active(self) -> Self:
        return self.filter(deleted_at=None)

    def deleted(self) -> Self:
        return self.exclude(deleted_at=None)


class SoftDeletable(models.Model):
    """An item whose name stays taken after its deletion, until it is purged."""

    deleted_at = models.DateTimeField("deleted", null=True, editable=False, db_index=True)

    objects: ClassVar[Any] = SoftDeletableQuerySet.as_manager()

    class Meta:
        abstract = True

    def mark_deleted(self) -> None:
        self.deleted_at = timezone.now()
        self.save()


def history_of_concrete_model(proxy: type[models.Model]) -> type[models.Model]:
    """Class decorator: the history page of a proxy is that of the model behind it."""
    proxy._meta.simple_history_manager_attribute = "history"  # type: ignore[attr-defined]
    return proxy


def purge(item: SoftDeletable) -> None:
    """Remove an item that is marked deleted for good, and with it what belongs to it; its name is free."""
    model = item._meta.concrete_model
    assert model is not None
    model._default_manager.get(pk=item.pk, deleted_at__isnull=False).delete()
