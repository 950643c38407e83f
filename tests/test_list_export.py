"""Every list of the admin as a file for a spreadsheet."""

import csv
from io import BytesIO

import pytest
from django.contrib import admin
from django.urls import reverse
from openpyxl import load_workbook

from campaigns.models import SkillGroup
from tests.factories import AgentFactory, CampaignFactory, PersonalCallbackFactory, SkillGroupFactory
from tests.test_every_page import let_go

PAGES = [*admin.site._registry.values()]
FORMULA = '=HYPERLINK("http://a.example")'


def taken(answer):
    content = answer.getvalue()
    let_go(answer)
    return content


def address(page, kind):
    return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_list_file", args=[kind])


def read_csv(answer):
    return list(csv.reader(taken(answer).decode("utf-8-sig").splitlines()))


def read_excel(answer):
    sheet = load_workbook(BytesIO(taken(answer))).active
    return [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.opts.label)
def test_each_list_is_a_file_for_those_who_may_see_it_and_nobody_else(client, world, page, request):
    for name in ("alice", "sam", "nina"):
        user = request.getfixturevalue(name)
        client.force_login(user)
        may = user.has_perm(f"{page.opts.app_label}.view_{page.opts.model_name}")
        for kind, read in {"csv": read_csv, "xlsx": read_excel}.items():
            answer = client.get(address(page, kind))
            assert answer.status_code == (200 if may else 403), (name, kind)
            if may:
                header, *rows = read(answer)
                assert len(rows) == page.get_queryset(answer.wsgi_request).count() > 0
                assert all(len(row) == len(header) for row in rows)


def test_a_list_is_taken_as_its_filters_search_and_order_show_it(client, alice):
    for name in ("Blue 2", "Blue 1", "Green"):
        SkillGroupFactory(name=name)
    client.force_login(alice)
    page = admin.site._registry[SkillGroup]

    rows = read_csv(client.get(address(page, "csv") + "?q=blue&o=1"))

    assert [row[0] for row in rows] == ["Name", "Blue 1", "Blue 2"]
    shown = client.get(reverse("admin:campaigns_skillgroup_changelist") + "?q=blue&o=1&p=1").content.decode()
    assert f'{address(page, "csv")}?q=blue&amp;o=1"' in shown
    assert client.get(address(page, "csv") + "?info__isempty=maybe").status_code == 404
    assert client.get(address(page, "pdf")).status_code == 404


@pytest.mark.parametrize(("kind", "read"), [("csv", read_csv), ("xlsx", read_excel)])
def test_text_that_would_be_a_formula_and_characters_that_excel_refuses_do_no_harm(client, alice, kind, read):
    AgentFactory(agent_id="1001", first_name=FORMULA, last_name="bell \x07", description="<b>&amp;</b>")
    client.force_login(alice)

    _, row = read(client.get(reverse("admin:callbacks_agent_list_file", args=[kind])))

    assert row[1] == f"'{FORMULA}"
    assert row[2] == ("bell \x07" if kind == "csv" else "bell \N{REPLACEMENT CHARACTER}")
    assert row[5] == "<b>&amp;</b>"


def test_markup_choices_and_numbers_of_a_list_are_reported_as_they_read(client, alice):
    CampaignFactory(name="A", dialing_mode="PROGRESSIVEONLY", enabled=True, tool=True)
    PersonalCallbackFactory(phone="2125550100", max_attempts=3)
    client.force_login(alice)

    [_, row] = read_csv(client.get(reverse("admin:campaigns_campaign_list_file", args=["csv"])))
    assert row[1:6] == ["Yes", "Campaign tool", "Progressive", "2020-01-01 to 2040-12-31", "08:00–21:00 UTC"]
    header, called = read_excel(
        client.get(reverse("admin:callbacks_personalcallback_list_file", args=["xlsx"]))
    )
    assert called[header.index("Max attempts")] == 3
