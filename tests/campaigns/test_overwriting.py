import threading

import pytest
from django.db import connection

from campaigns.contact_import import import_content
from campaigns.models import Contact
from tests.factories import CampaignFactory

SIZES = [200, 300]


def content(rows):
    return "Phone01\n" + "2125550100\n" * rows


@pytest.mark.django_db(transaction=True)
def test_no_reader_ever_sees_an_empty_or_half_list():
    campaign = CampaignFactory()
    import_content(campaign, content(SIZES[0]), user=None)
    seen, stop = set(), threading.Event()

    def read():
        while not stop.is_set():
            seen.add(Contact.objects.filter(campaign=campaign).count())
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 11):
        import_content(campaign, content(SIZES[number % 2]), overwrite=True, user=None)
    stop.set()
    reader.join()
    assert seen == set(SIZES)
