"""The order of a campaign's list, whose index is one of ID blocks (campaigns/id_blocks.py)."""

import random

import pytest
from django.db import connection

from campaigns.contact_import import import_content
from campaigns.dialing_list import delete_contacts, length, undo_import
from campaigns.id_blocks import id_blocks_of, ids_by_account
from campaigns.models import Contact
from tests.factories import CampaignFactory

pytestmark = pytest.mark.django_db


def begin_a_run():
    """The next contact begins one."""
    last = Contact.objects.latest("pk")
    following = (last.run + 1) * 16_384
    statement = f"ALTER TABLE campaigns_contact ALTER id RESTART WITH {following}"
    if connection.vendor == "sqlite":
        statement = f"UPDATE sqlite_sequence SET seq = {following - 1} WHERE name = 'campaigns_contact'"
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture(params=[10**6, 30, 1], ids="{} account numbers".format)
def make_list(request):
    """A campaign with lists of these lengths, each a run, between those of another one."""

    def make_list(lengths):
        rng, campaign, other = random.Random(1), CampaignFactory(), CampaignFactory()
        import_content(other, "Phone01\n1", user=None)
        begin_a_run()
        for rows in lengths:
            lines = "".join(f"{rng.randrange(request.param)},5550100\n" for _ in range(rows))
            for owner in other, campaign:
                import_content(owner, f"AccountNumber,Phone01\n{lines}", user=None)
            begin_a_run()
        return campaign

    return make_list


@pytest.mark.parametrize("lengths", [[400], [400] * 6, [1] * 8, [400, 3, 1, 40]])
def test_every_part_of_the_list_is_found_by_its_id_blocks(make_list, lengths):
    campaign = make_list(lengths)
    assert len(id_blocks_of(campaign.pk)) == len(lengths)
    ordered = Contact.objects.filter(campaign=campaign).order_by("account_key", "pk")
    expected = list(ordered.values_list("pk", flat=True))
    for start in {0, 1, len(expected) // 4, len(expected) // 2, len(expected) - 1}:
        stop = min(start + 25, len(expected))
        assert ids_by_account(campaign.pk, start, stop) in (expected[start:stop], None)
        backwards = ids_by_account(campaign.pk, start, stop, backwards=True)
        assert backwards in (expected[::-1][start:stop], None)


def test_the_ends_of_a_long_list_are_found_without_sorting_it(make_list):
    campaign = make_list([400] * 6)
    assert len(ids_by_account(campaign.pk, 0, 25)) == 25
    assert len(ids_by_account(campaign.pk, 200, 300, backwards=True)) == 100


def test_the_length_of_a_list_is_kept_through_all_that_changes_it():
    campaign = CampaignFactory()

    def check(expected):
        assert length(campaign.pk) == Contact.objects.filter(campaign=campaign).count() == expected

    first, _ = (import_content(campaign, "Phone01\n1\n2\n3", user=None) for _ in range(2))
    check(6)
    Contact.objects.filter(pk=first.contacts.latest("pk").pk).update(calls_made=1)
    undo_import(first)
    check(4)
    import_content(campaign, "Phone01\n1\n2", user=None, overwrite=True)
    check(2)
    delete_contacts(campaign)
    check(0)


def test_a_campaign_without_contacts_has_no_page():
    assert ids_by_account(CampaignFactory().pk, 0, 0) == []
