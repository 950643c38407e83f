import pytest
from django.contrib.auth import authenticate

from outbound_site.administrator import make_administrator

pytestmark = pytest.mark.django_db
NAME = "administrator@localhost"


def test_the_first_start_makes_an_administrator_with_a_password_of_its_own(rf, django_user_model):
    made = make_administrator(NAME, "")

    assert len(made.password) >= 20
    user = authenticate(rf.get("/"), username=NAME, password=made.password)
    assert (user.is_superuser, user.is_staff, user.is_active) == (True, True, True)


def test_a_password_that_the_operator_chose_is_taken_and_not_handed_back(rf):
    made = make_administrator(NAME, "correct horse battery")

    assert made.password is None
    assert authenticate(rf.get("/"), username=NAME, password="correct horse battery")


def test_a_later_start_leaves_the_administrator_alone(rf):
    make_administrator(NAME, "correct horse battery")

    assert make_administrator(NAME, "another password") is None
    assert authenticate(rf.get("/"), username=NAME, password="correct horse battery")


def test_a_start_under_another_name_makes_no_second_superuser(rf, django_user_model):
    make_administrator(NAME, "correct horse battery")

    assert make_administrator("root@localhost", "") is None
    assert django_user_model.objects.get().username == NAME


def test_a_generated_password_is_not_shown_by_accident():
    made = make_administrator(NAME, "")

    assert made.password not in repr(made)
