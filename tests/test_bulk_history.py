import pytest

from callbacks.models import PersonalCallback
from outbound_site.core.history import record

pytestmark = pytest.mark.django_db


def test_an_empty_choice_leaves_no_history():
    record(PersonalCallback.objects.filter(pk__in=[]), "~")

    assert not PersonalCallback.history.exists()
