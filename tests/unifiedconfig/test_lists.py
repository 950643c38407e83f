from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api_client import JSON, errors_of
from tests.factories import AgentFactory, CampaignFactory, SkillGroupFactory

LINKS = ["firstPage", "lastPage", "prevPage", "nextPage"]


def page(api, path, **headers):
    """`(pageInfo, names)`; a link is where it starts."""
    answer = api.get(path, **headers)
    assert answer.status_code == 200, answer.content
    info = {child.tag: child.text for child in answer.tree.find("pageInfo")}
    for link in info.keys() & set(LINKS):
        info[link] = int(parse_qs(urlsplit(info[link]).query).get("startIndex", ["0"])[0])
    return info, [item.findtext("name") for item in answer.tree[-1]]


def names(api, query, path="campaign"):
    return page(api, f"{path}?{query}")[1]


@pytest.fixture
def ten(db):
    return [CampaignFactory(name=f"C{n}") for n in range(10)]


@pytest.mark.parametrize(
    ("query", "start", "shown", "last", "previous", "following"),
    [
        ("", 0, 10, 0, None, None),
        ("resultsPerPage=2", 0, 2, 8, None, 2),
        ("resultsPerPage=2&startIndex=2", 2, 2, 8, 0, 4),
        ("resultsPerPage=2&startIndex=8", 8, 2, 8, 6, None),
        ("resultsPerPage=2&startIndex=9", 9, 1, 8, 7, None),
        ("resultsPerPage=3&startIndex=9", 9, 1, 9, 6, None),
        ("resultsPerPage=3&startIndex=1", 1, 3, 9, 0, 4),
        ("resultsPerPage=3&startIndex=10", 7, 3, 9, 4, None),
        ("resultsPerPage=3&startIndex=2147483647", 7, 3, 9, 4, None),
        ("resultsPerPage=10", 0, 10, 0, None, None),
        ("resultsPerPage=100&startIndex=50", 0, 10, 0, None, None),
        ("resultsPerPage=1&startIndex=0", 0, 1, 9, None, 1),
        ("startIndex=5", 5, 5, 0, 0, None),
    ],
)
def test_pages_and_the_links_between_them(api, ten, query, start, shown, last, previous, following):
    info, found = page(api, f"campaign?{query}")

    assert found == [f"C{n}" for n in range(start, start + shown)]
    assert (info["startIndex"], info["totalResults"]) == (str(start), "10")
    assert info["resultsPerPage"] == parse_qs(query).get("resultsPerPage", ["25"])[0]
    assert (info["firstPage"], info["lastPage"]) == (0, last)
    assert (info.get("prevPage"), info.get("nextPage")) == (previous, following)


@pytest.mark.parametrize(
    ("query", "name", "low", "high"),
    [
        ("resultsPerPage=0", "resultsPerPage", "1", "100"),
        ("resultsPerPage=101", "resultsPerPage", "1", "100"),
        ("resultsPerPage=many", "resultsPerPage", "1", "100"),
        ("resultsPerPage=2.5", "resultsPerPage", "1", "100"),
        ("resultsPerPage=²", "resultsPerPage", "1", "100"),
        ("startIndex=-1", "startIndex", "0", "2147483647"),
        ("startIndex=2147483648", "startIndex", "0", "2147483647"),
        ("startIndex=" + "9" * 5000, "startIndex", "0", "2147483647"),
        ("startIndex=first", "startIndex", "0", "2147483647"),
    ],
)
def test_a_page_out_of_range_is_refused(api, query, name, low, high):
    answer = api.get(f"campaign?{query}")

    assert answer.status_code == 400
    assert errors_of(answer) == [("invalidInput.outOfRange", name)]
    assert answer.tree.findtext("apiError/errorDetail/min") == low
    assert answer.tree.findtext("apiError/errorDetail/max") == high


def test_both_faults_of_a_page_come_at_once(api):
    answer = api.get("campaign?startIndex=-1&resultsPerPage=0")

    assert [name for _, name in errors_of(answer)] == ["startIndex", "resultsPerPage"]


def test_links_are_absolute_and_repeat_the_request(api, ten):
    query = f"q={quote('C & <ü>')}&sort=name%20desc&summary=true&resultsPerPage=2"
    info = api.get(f"campaign?{query}", accept=JSON).json()["pageInfo"]
    link = urlsplit(info["firstPage"])

    assert (link.scheme, link.netloc, link.path) == ("http", "testserver", "/unifiedconfig/config/campaign")
    assert parse_qs(link.query) == {
        "q": ["C & <ü>"],
        "sort": ["name desc"],
        "summary": ["true"],
        "resultsPerPage": ["2"],
    }
    assert (info["searchTerm"], info["sortTerm"]) == ("C & <ü>", "name desc")


def test_following_the_links_shows_everything_once(api, ten):
    found, link = [], "campaign?resultsPerPage=3&sort=name%20desc"
    while link:
        answer = api.get(link.partition("testserver")[2] or link)
        found += [item.findtext("name") for item in answer.tree.find("campaigns")]
        link = answer.tree.findtext("pageInfo/nextPage")

    assert found == [f"C{n}" for n in reversed(range(10))]


@pytest.mark.parametrize(
    ("path", "wrapper", "item"),
    [
        ("campaign", "campaigns", "campaign"),
        ("skillgroup", "skillGroups", "skillGroup"),
        ("agent", "agents", "agent"),
        ("timezone?q=nowhere", "timeZones", "timeZone"),
    ],
)
def test_an_empty_list_has_its_wrapper(api, path, wrapper, item):
    tree = api.get(path).tree

    assert tree.tag == "results"
    assert len(tree.find(wrapper)) == 0
    assert tree.findtext("pageInfo/totalResults") == "0"
    assert {tree.find(f"pageInfo/{link}") is None for link in ("nextPage", "prevPage")} == {True}
    assert api.get(path, accept=JSON).json()[wrapper] == [{item: []}]


def test_lists_in_json_have_native_numbers_and_no_root(api, ten):
    answer = api.get("campaign?resultsPerPage=1", accept=JSON).json()

    assert list(answer) == ["pageInfo", "permissionInfo", "campaigns"]
    assert answer["pageInfo"]["totalResults"] == 10
    assert answer["pageInfo"]["resultsPerPage"] == 1
    assert answer["campaigns"][0]["campaign"][0]["name"] == "C0"


def test_time_zones_are_paged_when_asked(api):
    assert len(api.get("timezone").tree.find("timeZones")) == 144
    assert len(api.get("timezone?resultsPerPage=5").tree.find("timeZones")) == 5
    assert len(api.get("timezone?startIndex=140").tree.find("timeZones")) == 4
    assert "?" not in api.get("timezone").tree.findtext("pageInfo/firstPage")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("renew", ["Renewals_Q3", "Renewals_Q4"]),
        ("RENEW", ["Renewals_Q3", "Renewals_Q4"]),
        ("wals_q3", ["Renewals_Q3"]),
        ("spring", ["Renewals_Q3"]),
        ("spring renewals", ["Renewals_Q3"]),
        ("autumn q3", []),
        ("größe", ["Umlauts"]),
        ("GRÖSSE", []),
        ("ÄRGER", ["Umlauts"]),
        ("жизнь", ["Cyrillic"]),
        ("ЖИЗНЬ", ["Cyrillic"]),
        ("οδοσ", ["Greek"]),
        ("顧客", ["Han"]),
        ("😀", ["Han"]),
        ("%", ["Signs"]),
        ("_", ["Renewals_Q3", "Renewals_Q4"]),
        ("*", ["Signs"]),
        ("\\", ["Signs"]),
        ("'", ["Signs"]),
        ('"', ["Signs"]),
        ("name:renew", []),
        ("10:30", ["Signs"]),
        ("  ", ["Cyrillic", "Greek", "Han", "Renewals_Q3", "Renewals_Q4", "Signs", "Umlauts"]),
        ("x" * 5000, []),
    ],
)
def test_search_finds_every_word_anywhere_without_regard_to_case(api, query, found):
    for name, description in {
        "Renewals_Q3": "spring",
        "Renewals_Q4": "autumn",
        "Umlauts": "Größe des Ärgers",
        "Cyrillic": "Жизнь",
        "Greek": "ΟΔΟΣΑ",
        "Han": "顧客 😀",
        "Signs": "100 % * \\ ' \" at 10:30",
    }.items():
        CampaignFactory(name=name, description=description)

    assert names(api, f"q={quote(query)}") == found


def test_skill_groups_in_no_campaign_are_found(api):
    CampaignFactory(skill_groups=[SkillGroupFactory(name="Used")])
    SkillGroupFactory(name="Free_1")
    SkillGroupFactory(name="Free_2")

    assert names(api, "q=campaign:(none)", "skillgroup") == ["Free_1", "Free_2"]
    assert names(api, "q=campaign:(none)+2", "skillgroup") == ["Free_2"]


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("", ["a", "B", "c"]),
        ("name", ["a", "B", "c"]),
        ("name asc", ["a", "B", "c"]),
        ("name desc", ["c", "B", "a"]),
        ("description", ["a", "B", "c"]),
        ("description desc", ["c", "B", "a"]),
        ("enabled desc", ["B", "a", "c"]),
        ("endDate", ["a", "c", "B"]),
        ("endDate desc", ["a", "c", "B"]),
    ],
)
def test_text_is_sorted_without_regard_to_case_and_the_id_breaks_ties(api, sort, found):
    CampaignFactory(name="a", description="m")
    CampaignFactory(name="c", description="Éa")
    CampaignFactory(name="B", description="Z", enabled=True)

    assert names(api, f"sort={quote(sort)}") == found


@pytest.mark.parametrize(
    "sort", ["Name", "colour", "name up", "name desc asc", "name;", "-name", "pk", "time_zone__name"]
)
def test_an_unknown_sort_is_refused(api, sort):
    answer = api.get(f"campaign?sort={quote(sort)}")

    assert answer.status_code == 400
    assert errors_of(answer) == [("invalidInput.invalidValue", "sort")]


def test_deleted_items_and_campaigns_of_the_tool_are_not_listed(api):
    for state in ({"tool": True}, {"deleted": True}):
        CampaignFactory(**state)
    SkillGroupFactory(deleted=True)
    AgentFactory(deleted=True)

    for path in ("campaign", "skillgroup", "agent"):
        assert api.get(path).tree.findtext("pageInfo/totalResults") == "0"


def queries(api, path):
    api.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert api.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["campaign", "skillgroup", "agent"])
def test_a_list_costs_the_same_number_of_queries_whatever_its_length(api, path):
    def add(count):
        for _ in range(count):
            CampaignFactory(skill_groups=SkillGroupFactory.create_batch(3))
            AgentFactory()

    add(1)
    few = queries(api, path)
    add(20)

    assert queries(api, path) == few


def test_so_does_a_write_whatever_the_number_of_references(api):
    def create(count):
        refs = [{"skillGroup": {"refURL": group.ref_url}} for group in SkillGroupFactory.create_batch(count)]
        members = {"name": f"A{count}", "timeZone": {"refURL": "/unifiedconfig/config/timezone/UTC"}}
        with CaptureQueriesContext(connection) as captured:
            answer = api.post("campaign", members | {"skillGroupInfos": {"skillGroupInfo": refs}})
        assert answer.status_code == 201
        return len(captured)

    create(1)
    assert create(20) == create(2)
