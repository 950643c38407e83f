from datetime import time

from django.db import models
from simple_history.models import HistoricalRecords

from outbound_site.core.validators import InRange


class BlendedAgentOptions(models.Model):
    """The one row of defaults for new campaigns (API text: "the Blended_Agent_Options table")."""

    dial_start = models.TimeField(
        default=time(8), help_text="Default start time of a new campaign, customer's time."
    )
    dial_end = models.TimeField(
        default=time(21), help_text="Default end time of a new campaign, customer's time."
    )
    min_silence_period = models.PositiveIntegerField(default=608, validators=[InRange(100, 1000)])
    analysis_period = models.PositiveIntegerField(default=2500, validators=[InRange(1000, 10000)])
    minimum_valid_speech = models.PositiveIntegerField(default=112, validators=[InRange(50, 500)])
    max_time_analysis = models.PositiveIntegerField(default=3000, validators=[InRange(1000, 10000)])
    max_term_tone_analysis = models.PositiveIntegerField(default=30000, validators=[InRange(1000, 60000)])

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = "options for new campaigns"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_options")]

    def __str__(self) -> str:
        return "Options for new campaigns"

    @classmethod
    def load(cls) -> "BlendedAgentOptions":
        options, _ = cls._default_manager.get_or_create(pk=1)
        return options
