from django.db import models
from simple_history.models import HistoricalRecords

from outbound_site.deletion import Markable
from outbound_site.unifiedconfig.references import ref_url
from outbound_site.validators import printable


class Agent(Markable):
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
