"""What has become of the campaigns that an emergency stop switched off, for the review before a resume."""

from dataclasses import dataclass

from campaigns.models import Campaign
from dialing.models import StoppedCampaign, StopReport


@dataclass(frozen=True)
class ReviewedCampaign:
    """`state` in words; `resumable`: it can be brought back; `proposed`: nobody has changed it since."""

    campaign: Campaign
    state: str
    resumable: bool = False
    proposed: bool = False


def review(report: StopReport) -> list[ReviewedCampaign]:
    """One line for each campaign of the stop, by name."""
    lines = report.stopped.select_related("campaign__time_zone").order_by("campaign__name")
    return [_reviewed(line) for line in lines]


def _reviewed(line: StoppedCampaign) -> ReviewedCampaign:
    campaign = line.campaign
    if campaign.deleted_at:
        return ReviewedCampaign(campaign, "deleted since")
    if campaign.enabled:
        return ReviewedCampaign(campaign, "on again")
    if line.resumed:
        return ReviewedCampaign(campaign, "was on again, switched off since")
    if campaign.change_stamp != line.change_stamp:
        return ReviewedCampaign(campaign, "off, changed since the stop", resumable=True)
    return ReviewedCampaign(campaign, "off since the stop", resumable=True, proposed=True)
