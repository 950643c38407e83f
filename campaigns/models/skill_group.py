from django.db import models
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from outbound_site.core.soft_deletion import SoftDeletable, history_of_concrete_model
from outbound_site.core.validators import name_characters, printable
from outbound_site.unifiedconfig.references import ref_url


class SkillGroup(SoftDeletable):
    """Agents with one skill; it serves at most one campaign."""

    name = models.CharField(max_length=32, validators=[name_characters])
    description = models.CharField(max_length=255, blank=True, validators=[printable])
    change_stamp = models.PositiveIntegerField(default=0, editable=False)
    peripheral_number = models.PositiveIntegerField(
        default=0, help_text="Number of the skill group at its switch (peripheral)."
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), name="skill_group_name", violation_error_message="This name is already in use."
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref_url(self) -> str:
        return ref_url("skillgroup", self.pk)


@history_of_concrete_model
class DeletedSkillGroup(SkillGroup):
    """Under Deleted Objects, with permissions of its own for the purge."""

    class Meta:
        proxy = True
        verbose_name = "deleted skill group"
