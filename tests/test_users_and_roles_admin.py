import pytest
from django.contrib.auth.models import Group, User

from outbound_site.core.models import Role
from outbound_site.roles import BUILT_IN, load_roles
from tests.campaigns.admin_forms import errors_of, submit, text_of
from tests.factories import PASSWORD, UserFactory

ROLE, USER = "/admin/outbound_site/role/", "/admin/auth/user/"


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice)
    return client


@pytest.mark.parametrize("name", ["administrator", "supervisor"])
def test_built_in_roles_are_neither_renamed_nor_deleted(signed_in, name):
    role = Role.objects.get(name=name)

    assert signed_in.post(f"{ROLE}{role.pk}/change/", {"name": "mine"}).status_code == 403
    assert signed_in.post(f"{ROLE}{role.pk}/delete/", {"post": "yes"}).status_code == 403
    signed_in.post(ROLE, {"action": "delete_selected", "_selected_action": [role.pk], "post": "yes"})
    assert Role.objects.filter(name=name).exists()


def test_a_custom_role_with_a_subfeature_updates_campaigns_through_the_api(signed_in, api_as, nina):
    page = signed_in.get(f"{ROLE}add/")
    assert "A custom role may have the subfeatures CampaignStatus or CampaignContact" in text_of(page)
    boxes = {
        label: pk
        for _, of_kind in page.context["adminform"].form.fields["permissions"].choices
        for pk, label in of_kind
    }
    wanted = next(pk for label, pk in boxes.items() if label.startswith("Subfeature CampaignContact"))
    signed_in.post(f"{ROLE}add/", {"name": "list loader", "permissions": [wanted]})
    nina.groups.add(Group.objects.get(name="list loader"))

    assert api_as(nina).get("campaign").status_code == 200
    assert api_as(nina).post("campaign", {"name": "A"}).status_code == 403


def test_loading_the_roles_again_leaves_custom_ones_alone(signed_in):
    signed_in.post(f"{ROLE}add/", {"name": "mine", "permissions": []})
    load_roles()

    assert set(Role.objects.values_list("name", flat=True)) == {*BUILT_IN, "mine"}


def test_the_history_of_a_role_shows_who_gave_which_permission(signed_in):
    signed_in.post(f"{ROLE}add/", {"name": "mine", "permissions": []})
    role = Role.objects.get(name="mine")
    submit(signed_in, f"{ROLE}{role.pk}/change/", name="ours")
    shown = text_of(signed_in.get(f"{ROLE}{role.pk}/history/"))

    assert "alice@cce.example" in shown
    assert "Name: mine → ours" in shown


def test_a_new_user_is_given_a_role_and_recorded(signed_in):
    password = "correct horse battery"
    signed_in.post(
        f"{USER}add/",
        {
            "username": "neu@cce.example",
            "usable_password": "true",
            "password1": password,
            "password2": password,
        },
    )
    user = User.objects.get(username="neu@cce.example")
    supervisor = Group.objects.get(name="supervisor")
    answer = submit(signed_in, f"{USER}{user.pk}/change/", groups=supervisor.pk, first_name="<b>Neu</b>")
    history = signed_in.get(f"{USER}{user.pk}/history/")

    assert answer.status_code == 302
    assert list(user.groups.all()) == [supervisor]
    assert "– → supervisor" in text_of(history)
    assert "<b>Neu</b>" not in history.content.decode()
    assert "password" not in text_of(history).lower()


def test_a_weak_password_is_refused(signed_in):
    answer = signed_in.post(
        f"{USER}add/",
        {"username": "neu", "usable_password": "true", "password1": "short", "password2": "short"},
    )

    assert "password2" in errors_of(answer)


def test_a_user_is_switched_off_and_not_deleted(signed_in, nina):
    assert signed_in.post(f"{USER}{nina.pk}/delete/", {"post": "yes"}).status_code == 403
    submit(signed_in, f"{USER}{nina.pk}/change/", is_active=None)
    nina.refresh_from_db()

    assert not nina.is_active


def test_only_a_superuser_makes_or_edits_superusers(signed_in, nina):
    boss = UserFactory(username="boss@cce.example", is_superuser=True)
    submit(signed_in, f"{USER}{nina.pk}/change/", is_superuser="on")
    nina.refresh_from_db()

    assert not nina.is_superuser
    assert signed_in.post(f"{USER}{boss.pk}/change/", {"username": "mine"}).status_code == 403
    assert signed_in.get(f"{USER}{boss.pk}/password/").status_code == 403


def test_a_sign_in_is_no_change_of_the_user(client, alice):
    before = User.history.count()
    answer = client.post("/admin/login/", {"username": alice.username, "password": PASSWORD})

    assert answer.status_code == 302
    assert User.history.count() == before
