import json

import pytest

from tests.api_client import basic
from tests.factories import PASSWORD, CampaignFactory, ContactFactory, SkillGroupFactory, UserFactory


class DialerClient:
    """`dialer.post("records", campaign=5000, count=1)`; the dialer's name goes along."""

    def __init__(self, client, username, name="d1"):
        self.client, self.name = client, name
        self.headers = {"authorization": basic(username, PASSWORD)}

    def post(self, path, **body):
        return self.send(path, json.dumps({"dialer": self.name} | body))

    def send(self, path, text, content_type="application/json", **headers):
        return self.client.post(f"/dialer/v1/{path}", text, content_type, headers=self.headers | headers)

    def get(self, path, **query):
        return self.client.get(f"/dialer/v1/{path}", query, headers=self.headers)

    def records(self, campaign, count=1):
        return self.post("records", campaign=campaign.pk, count=count).json()["records"]

    def dialed(self, record):
        path = f"/dialer/v1/records/{record['lease']}/dialed"
        return self.client.generic("POST", path, headers=self.headers).json()

    def report(self, record, result, **values):
        results = [{"lease": record["lease"], "callResult": result} | values]
        return self.post("results", results=results).json()["results"][0]["outcome"]


@pytest.fixture
def dora(db):
    """A dialer's user."""
    return UserFactory(username="dora@cce.example", roles=["dialer"])


@pytest.fixture
def dialer(client, dora):
    client.raise_request_exception = False
    return DialerClient(client, dora.username)


@pytest.fixture
def campaign(db):
    """One that is dialing all day, with one contact of two phones."""
    campaign = CampaignFactory(
        on=True, start_time="00:00", end_time="00:00", skill_groups=[SkillGroupFactory()]
    )
    ContactFactory(
        campaign=campaign,
        account_number="6782",
        first_name="Henry",
        last_name="Martin",
        phones=["9782225554444", "9782225550000"],
    )
    return campaign
