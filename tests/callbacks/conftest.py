from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from callbacks.models import Agent
from campaigns.models import Campaign
from outbound_site.seeding import go_on_after_given_ids
from tests.factories import AgentFactory, CampaignFactory


@pytest.fixture
def agent(db):
    """The agent of the API text's examples."""
    agent = AgentFactory(pk=5050, agent_id="1001")
    go_on_after_given_ids(Agent)
    return agent


@pytest.fixture
def campaign(db):
    """The campaign of the API text's examples."""
    campaign = CampaignFactory(pk=5000)
    go_on_after_given_ids(Campaign)
    return campaign


@pytest.fixture
def set_clock(settings, time_machine):
    """`set_clock("2026-03-08 01:00", "America/New_York")`: now, on the server's clock in that zone."""

    def set_clock(wall, zone="UTC"):
        settings.SERVER_TIME_ZONE = zone
        time_machine.move_to(datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)), tick=False)

    return set_clock
