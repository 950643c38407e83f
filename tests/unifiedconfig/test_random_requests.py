"""Whatever anybody sends to any endpoint: no failure of the server, and nothing stored unless it says so."""

import json
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api_client import JSON, XML
from tests.conftest import FAULT_SCALE
from tests.factories import AgentFactory, CampaignFactory, SkillGroupFactory
from tests.unifiedconfig.stored import stored
from tests.unifiedconfig.url_map import endpoints, views

QUEUE_IS_FULL = 503
ALL = ["unifiedconfig/", "dialer/"]
SETTINGS = settings(
    max_examples=int(12 * FAULT_SCALE),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WRITES = [
    (path, method) for path, methods in endpoints(*ALL) for method in methods if method in {"post", "put"}
]


def names_of(elements):
    for element in elements:
        yield element.name
        yield getattr(element, "item_name", element.name)
        yield from names_of(getattr(element, "elements", ()))


SERIALIZERS = {view.serializer_class for view in views()} - {None}
ROOTS = sorted({getattr(serializer, "root_name", "import") for serializer in SERIALIZERS} | {"import"})
NAMES = sorted(
    {name for serializer in SERIALIZERS for name in names_of(getattr(serializer, "elements", ()))}
    | {"refURL", "fileContent", "delimiter", "overwriteData", "no_such_element", "a:b"}
)
WORDS = [
    *("0", "1", "-1", "3.5", "9" * 30, "NaN", "1e999", "true", "\x00", "\ud800"),
    *("2031-02-03", "09:00", "2031-02-03T09:00:00", "UTC", "AccountNumber,Phone01"),
    *("/unifiedconfig/config/timezone/UTC", "/unifiedconfig/config/skillgroup/1"),
    *("/unifiedconfig/config/agent/1", "/unifiedconfig/config/campaign/1"),
]
TEXTS = st.one_of(st.just(""), st.sampled_from(WORDS), st.text(max_size=20))
JSON_VALUES = st.recursive(
    st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.floats()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=12,
)
JSON_BODIES = st.dictionaries(st.sampled_from(NAMES), JSON_VALUES, max_size=8).map(
    lambda members: json.dumps(members).encode()
)


def element(name, content):
    return f"<{name}>{content if isinstance(content, str) else ''.join(content)}</{name}>"


ESCAPED = TEXTS.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;"))
XML_ELEMENTS = st.recursive(
    st.builds(element, st.sampled_from(NAMES), ESCAPED),
    lambda inner: st.builds(element, st.sampled_from(NAMES), st.lists(inner, max_size=4)),
    max_leaves=12,
)
XML_BODIES = st.builds(element, st.sampled_from(ROOTS), st.lists(XML_ELEMENTS, max_size=8)).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


@st.composite
def broken(draw, bodies):
    """A body with some of its bytes replaced."""
    body = draw(bodies)
    start = draw(st.integers(0, len(body)))
    return body[:start] + draw(st.binary(max_size=4)) + body[start + draw(st.integers(0, 4)) :]


@pytest.fixture
def world(api):
    """What is stored before each request."""
    CampaignFactory(pk=1, skill_groups=[SkillGroupFactory(pk=1)])
    AgentFactory(pk=1)
    return stored()


def send(api, world, method, path, body, **headers):
    """No failure, and nothing stored unless the answer is 2xx; afterwards the database is as before."""
    with transaction.atomic():
        answer = api.request(method.upper(), path, body, **headers)
        assert answer.status_code < 500 or answer.status_code == QUEUE_IS_FULL
        if answer.status_code >= 400:
            assert stored() == world
        transaction.set_rollback(True)


@pytest.mark.parametrize(("path", "method"), WRITES)
@pytest.mark.parametrize(
    ("content_type", "bodies"), [(XML, XML_BODIES), (JSON, JSON_BODIES)], ids=["XML", "JSON"]
)
def test_no_body_breaks_an_endpoint(api, world, path, method, content_type, bodies):
    @SETTINGS
    @given(body=st.one_of(bodies, broken(bodies)), accept=st.sampled_from([XML, JSON]))
    def check(body, accept):
        send(api, world, method, path, body, content_type=content_type, accept=accept)

    check()


@pytest.mark.parametrize(("path", "method"), WRITES)
@SETTINGS
@given(
    body=st.binary(max_size=60),
    content_type=st.sampled_from([XML, JSON, "", "text/plain", "multipart/form-data"]),
)
def test_no_bytes_break_an_endpoint(api, world, path, method, body, content_type):
    send(api, world, method, path, body, content_type=content_type)


@pytest.mark.parametrize("path", [path for path, methods in endpoints(*ALL) if "get" in methods])
@SETTINGS
@given(
    query=st.dictionaries(
        st.sampled_from(["q", "sort", "startIndex", "resultsPerPage", "summary", "agentId", "lastName"]),
        st.one_of(
            st.sampled_from(["name desc", "name:", ":", "-1", "9" * 30, "\x00", "²", "%", "\\"]),
            st.text(max_size=9),
        ),
        max_size=4,
    )
)
def test_no_query_breaks_an_endpoint(api, world, path, query):
    send(api, world, "get", f"{path}?{urlencode(query, errors='surrogatepass')}", b"")


@pytest.mark.parametrize(
    "path", [path for path, _ in endpoints(*ALL, key="KEY", word="KEY") if "KEY" in path]
)
@pytest.mark.parametrize("method", ["get", "put", "delete"])
@SETTINGS
@given(key=st.one_of(st.integers(0).map(str), st.sampled_from(["\x00", "..", "%", "²"]), st.text(max_size=9)))
def test_no_id_breaks_an_endpoint(api, world, path, method, key):
    send(api, world, method, path.replace("KEY", quote(key, safe="", errors="surrogatepass")), b"")
