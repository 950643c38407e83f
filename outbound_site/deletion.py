"""Items that are marked deleted first and purged later (API text, "Operations": Deleted Objects)."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone


class MarkableQuerySet(models.QuerySet[Any]):
    def active(self) -> Self:
        return self.filter(deleted_at=None)

    def deleted(self) -> Self:
        return self.exclude(deleted_at=None)


class Markable(models.Model):
    """An item whose name stays taken after its deletion, until it is purged."""

    deleted_at = models.DateTimeField("deleted", null=True, editable=False, db_index=True)

    objects: ClassVar[Any] = MarkableQuerySet.as_manager()

    class Meta:
        abstract = True

    def mark_deleted(self) -> None:
        self.deleted_at = timezone.now()
        self.save()
