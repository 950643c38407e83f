"""Clients at the same moment, each with its own connection to the database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from campaigns.models import Campaign, CampaignSkillGroup
from tests.api_client import BASE, Api, errors_of, xml_of
from tests.factories import CampaignFactory, SkillGroupFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(5)


@pytest.fixture
def api():
    """Signed in before the race, so that all requests reach the campaigns together."""
    UserFactory(username="alice@cce.example", roles=["administrator"])
    api = Api("alice@cce.example")
    api.get("campaign")
    return api


def race(*requests):
    """The answers of requests that start together."""
    barrier = Barrier(len(requests))

    def run(request):
        try:
            barrier.wait()
            return request()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(run, requests))


def statuses(answers):
    return sorted(answer.status_code for answer in answers)


def change(api, campaign, stamp=0, **members):
    body = xml_of("campaign", {"changeStamp": stamp} | members)
    return lambda: api.put(f"campaign/{campaign.pk}", body)


def add(api, name, *groups):
    infos = {"skillGroupInfo": [{"skillGroup": {"refURL": group.ref_url}} for group in groups]}
    members = {"name": name, "timeZone": {"refURL": f"{BASE}timezone/UTC"}, "skillGroupInfos": infos}
    return lambda: api.post("campaign", xml_of("campaign", members))


def refusals(answers):
    return [error for answer in answers if answer.status_code >= 400 for error in errors_of(answer)]


def test_of_concurrent_changes_with_one_stamp_one_wins(api):
    campaign = CampaignFactory()

    for stamp in ROUNDS:
        answers = race(*(change(api, campaign, stamp, description=f"{stamp} by {n}") for n in range(4)))

        assert statuses(answers) == [200, 400, 400, 400]
        assert refusals(answers) == [("invalidInput.changeStampMismatch", "changeStamp")] * 3
        campaign.refresh_from_db()
        winner = next(n for n, answer in enumerate(answers) if answer.status_code == 200)
        assert (campaign.change_stamp, campaign.description) == (stamp + 1, f"{stamp} by {winner}")


def test_of_concurrent_creates_with_one_name_one_wins(api):
    for n in ROUNDS:
        answers = race(*(add(api, name) for name in (f"Race{n}", f"RACE{n}", f"race{n}")))

        assert statuses(answers) == [201, 400, 400]
        assert refusals(answers) == [("invalidInput.duplicateName", "name")] * 2
        assert Campaign.objects.filter(name__iexact=f"race{n}").count() == 1


def test_of_campaigns_that_race_for_a_skill_group_one_gets_it(api):
    for n in ROUNDS:
        group = SkillGroupFactory()
        answers = race(add(api, f"One{n}", group), add(api, f"Two{n}", group))

        assert statuses(answers) == [201, 400]
        assert refusals(answers) == [("invalidInput.skillGroupInUse", "skillGroup")]
        assert CampaignSkillGroup.objects.filter(skill_group=group).count() == 1


def test_campaigns_that_take_the_same_groups_in_another_order_do_not_wait_for_each_other(api):
    for n in ROUNDS:
        groups = SkillGroupFactory.create_batch(20)
        answers = race(add(api, f"One{n}", *groups), add(api, f"Two{n}", *reversed(groups)))

        assert statuses(answers) == [201, 400]
        assert set(refusals(answers)) == {("invalidInput.skillGroupInUse", "skillGroup")}


def test_campaigns_that_exchange_their_groups_do_not_wait_for_each_other(api):
    for _ in ROUNDS:
        one, two = SkillGroupFactory(), SkillGroupFactory()
        answers = race(
            change(api, CampaignFactory(skill_groups=[one]), skillGroupInfos=reference(two)),
            change(api, CampaignFactory(skill_groups=[two]), skillGroupInfos=reference(one)),
        )

        assert set(statuses(answers)) <= {200, 400}
        assert set(refusals(answers)) <= {("invalidInput.skillGroupInUse", "skillGroup")}


def test_a_delete_beside_a_change_leaves_no_group_with_the_deleted_campaign(api):
    for _ in ROUNDS:
        campaign, group = CampaignFactory(), SkillGroupFactory()
        answers = race(
            change(api, campaign, skillGroupInfosAdded=reference(group)),
            lambda pk=campaign.pk: api.delete(f"campaign/{pk}"),
        )

        assert answers[1].status_code == 200
        assert answers[0].status_code in {200, 400, 404}
        assert not CampaignSkillGroup.objects.filter(campaign=campaign).exists()


def reference(group):
    return {"skillGroupInfo": {"skillGroup": {"refURL": group.ref_url}}}
