import pytest
from django.db import connection

from callbacks.models import PersonalCallback
from tests.api_client import JSON, errors_of
from tests.factories import AgentFactory, PersonalCallbackFactory


@pytest.fixture
def people(db):
    """Four callbacks for two agents."""
    nora, omar = AgentFactory(agent_id="1234"), AgentFactory(agent_id="A77")
    for agent, account, first, last in [
        (nora, "AC-456", "John", "Smith"),
        (nora, "4560", "Éva", "MÜLLER"),
        (omar, "7_8%9", "Ирина", "Смирнова"),
        (omar, "", "Joan", "Blacksmith"),
    ]:
        PersonalCallbackFactory(agent=agent, account_number=account, first_name=first, last_name=last)


def found(api, **query):
    answer = api.get(f"personalcallback?{'&'.join(f'{k}={v}' for k, v in query.items())}", accept=JSON)
    assert answer.status_code == 200
    page = answer.json()
    rows = page["personalCallbacks"][0]["personalCallback"]
    assert page["pageInfo"]["totalResults"] == len(rows)
    return [row["firstName"] for row in rows]


@pytest.mark.parametrize(
    ("term", "names"),
    [
        ("smith", ["John", "Joan"]),
        ("SMITH", ["John", "Joan"]),
        ("müller", ["Éva"]),
        ("СМИР", ["Ирина"]),
        ("456", ["John", "Éva"]),
        ("123", ["John", "Éva"]),
        ("a77", ["Ирина", "Joan"]),
        ("jo smith", ["John", "Joan"]),
        ("john a77", []),
        ("_", ["Ирина"]),
        ("8%25", ["Ирина"]),
        ("*", []),
        ("agentId:123", ["John", "Éva"]),
        ("agentId:a7", ["Ирина", "Joan"]),
        ("lastName:smith", ["John", "Joan"]),
        ("lastName:мир", ["Ирина"]),
        ("firstName:john", ["John"]),
        ("firstName:smith", []),
        ("accountNumber:456", ["John", "Éva"]),
        ("accountNumber:456 lastName:müll", ["Éva"]),
        ("smith agentId:a77", ["Joan"]),
        # No such field: plain text.
        ("lastname:smith", []),
        ("phone:555", []),
    ],
)
def test_search_by_words_and_terms(api, people, term, names):
    assert found(api, q=term) == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"agentId": "123"}, ["John", "Éva"]),
        ({"accountNumber": "456"}, ["John", "Éva"]),
        ({"firstName": "ÉVA"}, ["Éva"]),
        ({"lastName": "smith"}, ["John", "Joan"]),
        ({"lastName": "smith", "agentId": "A77"}, ["Joan"]),
        ({"lastName": "smith", "q": "john"}, ["John"]),
        ({"lastName": "%25"}, []),
        ({"lastName": ""}, ["John", "Éva", "Ирина", "Joan"]),
    ],
)
def test_search_by_query_parameters(api, people, query, names):
    assert found(api, **query) == names


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("agentId", ["John", "Éva", "Ирина", "Joan"]),
        ("agentId desc", ["Ирина", "Joan", "John", "Éva"]),
        ("accountNumber", ["Joan", "Éva", "Ирина", "John"]),
        ("firstName asc", ["Joan", "John", "Éva", "Ирина"]),
        ("lastName desc", ["Ирина", "John", "Éva", "Joan"]),
    ],
)
def test_sort(api, people, sort, names):
    assert found(api, sort=sort.replace(" ", "%20")) == names


@pytest.mark.parametrize("sort", ["phone", "lastname", "lastName up"])
def test_other_sorts_are_refused(api, people, sort):
    assert errors_of(api.get(f"personalcallback?sort={sort}")) == [("invalidInput.invalidValue", "sort")]


@pytest.mark.parametrize("query", ["lastName=%00", "q=%00", "agentId=%ff"])
def test_a_query_that_no_row_can_hold_is_no_fault_of_the_server(api, people, query):
    assert api.get(f"personalcallback?{query}").status_code < 500


def test_links_between_pages_keep_the_query_parameters(api, people):
    answer = api.get("personalcallback?lastName=smith&resultsPerPage=1")

    assert "lastName=smith" in answer.tree.findtext("pageInfo/nextPage")


@pytest.mark.postgresql
def test_a_search_uses_the_trigram_index(people):
    PersonalCallback.objects.bulk_create(
        PersonalCallbackFactory.build_batch(3000, agent=AgentFactory(), last_name="Jones")
    )
    rows = PersonalCallback.objects.filter(last_name__folded_contains="smith").order_by()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE callbacks_personalcallback")
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "callback_last_name_trigrams" in rows.explain()
