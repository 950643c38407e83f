import pytest

from callbacks import history
from callbacks.models import PersonalCallback

pytestmark = pytest.mark.django_db


def test_an_empty_choice_of_callbacks_leaves_no_history():
    history.record(PersonalCallback.objects.filter(pk__in=[]), "~")

    assert not PersonalCallback.history.exists()
