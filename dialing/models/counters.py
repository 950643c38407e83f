from typing import Any

from django.db import models

from campaigns.models import Campaign


def _count() -> Any:
    return models.PositiveBigIntegerField(default=0)


class CampaignCounters(models.Model):
    """What one dialer has added to a campaign's counters on one day, in one list (docs/behaviour.md 11).

    A row for each dialer, so that dialers do not wait for each other; readers add the rows up. Daily
    counters are those of the day, `totalVoiceCount` and `closedCount` those of the list, so that nothing
    has to be set to zero.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="counters", db_index=False)
    list_began = models.DateTimeField()
    day = models.DateField()
    dialer = models.CharField(max_length=64)
    updated_at = models.DateTimeField()

    attempted_count = _count()
    voice_count = _count()
    busy_count = _count()
    no_answer_detect_count = _count()
    no_ring_back_detect_count = _count()
    no_dial_tone_detect_count = _count()
    fax_detect_count = _count()
    network_ans_machine_count = _count()
    answering_machine_count = _count()
    sit_tone_detect_count = _count()
    agent_rejected_count = _count()
    agent_closed_count = _count()
    customer_not_home_count = _count()
    wrong_number_count = _count()
    cancelled_detect_count = _count()
    abandon_detect_count = _count()
    abandon_to_ivr_count = _count()
    customer_abandon_detect_count = _count()
    call_back_count = _count()
    personal_callback_count = _count()
    talk_time_count = _count()
    wrapup_time_count = _count()
    # May fall below zero in one row: contacts that one dialer closed are opened again under another name.
    closed_count = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "campaign counters"
        constraints = [
            models.UniqueConstraint("campaign", "list_began", "day", "dialer", name="counters_of_a_dialer")
        ]
        indexes = [models.Index("day", "campaign", name="counters_of_a_day")]

    def __str__(self) -> str:
        return f"{self.campaign} {self.day} {self.dialer}"
