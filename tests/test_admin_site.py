"""Who sees what in the admin, and what stands where."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from campaigns.models import BlendedAgentOptions
from outbound_site.core.models import Role
from tests.factories import AgentFactory, CampaignFactory, SkillGroupFactory, UserFactory

NAMES = {
    "campaign": "campaigns_campaign",
    "skill group": "campaigns_skillgroup",
    "options": "campaigns_blendedagentoptions",
    "agent": "callbacks_agent",
    "user": "auth_user",
    "role": "outbound_site_role",
    "deleted campaign": "campaigns_deletedcampaign",
    "deleted agent": "callbacks_deletedagent",
}


@pytest.fixture
def items(db):
    """One item for each kind of page."""
    return {
        "campaign": CampaignFactory(tool=True),
        "skill group": SkillGroupFactory(),
        "options": BlendedAgentOptions.load(),
        "agent": AgentFactory(),
        "user": UserFactory(),
        "role": Role.objects.create(name="night shift"),
        "deleted campaign": CampaignFactory(deleted=True),
        "deleted agent": AgentFactory(deleted=True),
    }


@pytest.fixture
def carla(db):
    """A custom role that edits campaigns and sees skill groups."""
    role = Group.objects.create(name="campaign editor")
    names = ["view_campaign", "add_campaign", "change_campaign", "view_skillgroup"]
    role.permissions.set(Permission.objects.filter(codename__in=names))
    return UserFactory(username="carla@cce.example", roles=["campaign editor"])


# What each may do: l list, v view, a add, c change, d delete or purge, h history.
ALLOWED = [
    ("campaign", {"alice": "lvacdh", "sam": "lvh", "carla": "lvach", "lou": "", "nina": ""}),
    ("skill group", {"alice": "lvacdh", "sam": "lvh", "carla": "lvh", "lou": "", "nina": ""}),
    ("options", {"alice": "lvch", "sam": "lvh", "carla": "", "lou": "", "nina": ""}),
    ("agent", {"alice": "lvacdh", "sam": "lvh", "carla": "", "lou": "", "nina": ""}),
    ("user", {"alice": "lvach", "sam": "", "carla": "", "lou": "", "nina": ""}),
    ("role", {"alice": "lvacdh", "sam": "", "carla": "", "lou": "", "nina": ""}),
    ("deleted campaign", {"alice": "lvdh", "sam": "lvh", "carla": "", "lou": "", "nina": ""}),
    ("deleted agent", {"alice": "lvdh", "sam": "lvh", "carla": "", "lou": "", "nina": ""}),
]


@pytest.mark.parametrize(
    ("kind", "name", "allowed"), [(kind, name, can) for kind, row in ALLOWED for name, can in row.items()]
)
def test_each_page_opens_for_those_who_may(client, request, items, kind, name, allowed):
    client.force_login(request.getfixturevalue(name))
    key = [items[kind].pk]
    pages = {
        "l": reverse(f"admin:{NAMES[kind]}_changelist"),
        "v": reverse(f"admin:{NAMES[kind]}_change", args=key),
        "a": reverse(f"admin:{NAMES[kind]}_add"),
        "d": reverse(f"admin:{NAMES[kind]}_delete", args=key),
        "h": reverse(f"admin:{NAMES[kind]}_history", args=key),
    }
    answers = {letter: client.get(path, follow=True).status_code for letter, path in pages.items()}
    answers["c"] = client.post(pages["v"], {"name": ""}).status_code

    assert answers == {letter: 200 if letter in allowed else 403 for letter in answers}


def test_only_staff_sign_in(client, items):
    client.force_login(UserFactory(username="api@cce.example", roles=["administrator"], is_staff=False))

    assert client.get("/admin/").url.startswith("/admin/login/")


def test_a_supervisor_sees_no_button_that_changes_anything(client, sam, items):
    client.force_login(sam)
    for kind in ("campaign", "skill group", "agent", "options", "deleted campaign"):
        page = client.get(reverse(f"admin:{NAMES[kind]}_change", args=[items[kind].pk])).content.decode()
        assert not any(
            word in page for word in ('value="Save', "deletelink", "addlink", '<input type="text')
        ), kind
    listed = client.get(reverse("admin:campaigns_campaign_changelist")).content.decode()
    assert not any(word in listed for word in ("addlink", 'name="action"', "changelink"))


def test_the_pages_stand_in_the_order_in_which_a_supervisor_thinks(client, alice, sam, nina):
    def headings(user):
        client.force_login(user)
        return [group["name"] for group in client.get("/admin/").context["app_list"]]

    everything = [
        "Campaigns",
        "Contacts",
        "Dialing",
        "Do Not Call",
        "Callbacks",
        "Time zones",
        "People and roles",
    ]
    known = [heading for heading in headings(alice) if heading != "Deleted objects"]
    assert known == [heading for heading in everything if heading in known]
    assert {"Campaigns", "Time zones", "People and roles"} <= set(known)
    assert "People and roles" in headings(sam), "the agents"
    assert headings(nina) == []


def test_no_page_of_an_administrator_is_left_without_a_place(client, alice):
    client.force_login(alice)

    assert "More" not in [group["name"] for group in client.get("/admin/").context["app_list"]]


def test_the_first_page_shows_what_to_do_while_there_is_no_campaign(client, alice, sam):
    def steps(user):
        client.force_login(user)
        return [text for text, _ in client.get("/admin/").context["next_steps"]]

    assert steps(alice) == ["Check the skill groups", "Set the hours of new campaigns", "Add a campaign"]
    assert steps(sam) == []
    CampaignFactory()
    assert steps(alice) == []


@pytest.mark.parametrize("name", sorted(NAMES.values()))
@pytest.mark.parametrize(
    "tail",
    [
        "?q=%00",
        "?q=%F0%9F%98%80&o=99.-1&p=-5",
        "?p=99999999999999999999",
        "?enabled__exact=%00",
        "?unknown=1",
        "abc/change/",
        "99999999999999999999999/change/",
        "99999999999999999999999/history/",
        "%00/delete/",
    ],
)
def test_a_hostile_address_never_breaks_a_page(client, alice, name, tail):
    client.force_login(alice)

    answer = client.get(reverse(f"admin:{name}_changelist") + tail, follow=True)
    assert answer.status_code in (200, 400, 403, 404)
