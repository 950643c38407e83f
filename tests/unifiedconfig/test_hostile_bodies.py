import json
from encodings.aliases import aliases

import pytest

from tests.api_client import JSON, XML, errors_of, xml_of
from tests.unifiedconfig.stored import stored

SYNTAX = [("processing.xmlSyntaxError", None)]
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
DEEP = 100_000


@pytest.fixture
def nothing_stored(api):
    before = stored()
    yield
    assert stored() == before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b" \n\t", id="blank"),
        pytest.param(b"hello", id="text"),
        pytest.param(b"<campaign>", id="not closed"),
        pytest.param(b"<campaign></Campaign>", id="closed by another name"),
        pytest.param(b"<campaign/><campaign/>", id="two roots"),
        pytest.param(b"<dnc><name>A</name></dnc>", id="root of another resource"),
        pytest.param(b"<Campaign><name>A</name></Campaign>", id="root in capitals"),
        pytest.param(b"<campaign><name>\xff\xfe</name></campaign>", id="invalid UTF-8"),
        pytest.param(b"<campaign><name>\xed\xa0\x80</name></campaign>", id="surrogate in UTF-8"),
        pytest.param(b"<campaign><name>\x00</name></campaign>", id="NUL"),
        pytest.param(b"<campaign><name>\x1b</name></campaign>", id="control character"),
        pytest.param(b"<campaign><name>&#0;</name></campaign>", id="reference to NUL"),
        pytest.param(b"<campaign><name>&#x1b;</name></campaign>", id="reference to a control character"),
        pytest.param(b"<campaign><name>&#xd800;</name></campaign>", id="reference to a surrogate"),
        pytest.param(b"<campaign><name>&nbsp;</name></campaign>", id="undeclared entity"),
        pytest.param(b"<campaign><name>A & B</name></campaign>", id="bare ampersand"),
        pytest.param(b"<campaign a='1' a='2'/>", id="attribute twice"),
        pytest.param(b"<!DOCTYPE campaign><campaign><name>A</name></campaign>", id="DTD"),
        pytest.param(b'<!DOCTYPE c [<!ENTITY a "A">]><campaign><name>&a;</name></campaign>', id="entity"),
        pytest.param(
            b'<!DOCTYPE c [<!ENTITY a SYSTEM "file:///etc/passwd">]><campaign><name>&a;</name></campaign>',
            id="external entity",
        ),
        pytest.param(
            b'<!DOCTYPE c SYSTEM "http://127.0.0.1:1/x.dtd"><campaign><name>A</name></campaign>',
            id="external DTD",
        ),
        pytest.param(
            b'<!DOCTYPE c [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]><campaign/>',
            id="parameter entity",
        ),
        pytest.param(f"<!DOCTYPE c [{LAUGHS}]><campaign><name>&l9;</name></campaign>".encode(), id="laughs"),
        pytest.param(b"<campaign>" + b"<a>" * DEEP + b"</a>" * DEEP + b"</campaign>", id="deep"),
        pytest.param(b"<campaign>" + b"<a/>" * 200_001 + b"</campaign>", id="many elements"),
        pytest.param(b"<" + b"a" * 1_000_000 + b"/>", id="name of a megabyte"),
        pytest.param(b'<?xml version="1.0" encoding="no-such"?><campaign/>', id="unknown encoding"),
        pytest.param(
            b"<campaign " + b" ".join(b'a%d=""' % n for n in range(400_000)) + b"/>", id="attributes"
        ),
        pytest.param("<campaign><name>A</name></campaign".encode("utf-16"), id="broken UTF-16"),
    ],
)
def test_xml_that_is_no_request_is_refused_as_such(api, nothing_stored, body):
    answer = api.post("campaign", body)

    assert answer.status_code == 400
    assert errors_of(answer) == SYNTAX


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="not closed"),
        pytest.param(b"[]", id="array"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"campaign"', id="string"),
        pytest.param(b"{'name': 'A'}", id="single quotes"),
        pytest.param(b'{"name": "A",}', id="comma at the end"),
        pytest.param(b'{"name": NaN}', id="NaN"),
        pytest.param(b'{"name": -Infinity}', id="infinity"),
        pytest.param(b'{"name": "\xff"}', id="invalid UTF-8"),
        pytest.param(b'{"name": "\x01"}', id="control character"),
        pytest.param(b'{"maxAttempts": ' + b"9" * 5000 + b"}", id="integer of 5000 digits"),
        pytest.param(b'{"a":' * DEEP + b"1" + b"}" * DEEP, id="deep objects"),
        pytest.param(b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}", id="deep arrays"),
        pytest.param(b'{"a":[' + b"0," * 1_000_000 + b"0]}", id="many elements"),
    ],
)
def test_json_that_is_no_request_is_refused_as_such(api, nothing_stored, body):
    answer = api.post("campaign", body, content_type=JSON, accept=JSON)

    assert answer.status_code == 400
    assert errors_of(answer) == SYNTAX


@pytest.mark.parametrize("accept", [XML, JSON])
@pytest.mark.parametrize(
    ("members", "errors"),
    [
        ({"name": "\ud800"}, {("invalidInput.invalidCharacter", "name")}),
        ({"name": "\x00"}, {("invalidInput.invalidCharacter", "name")}),
        ({"description": "\x1b[31m"}, {("invalidInput.invalidCharacter", "description")}),
        ({"description": "\ufffe"}, {("invalidInput.invalidCharacter", "description")}),
        ({"dialingMode": "\udfff"}, {("invalidInput.invalidValue", "dialingMode")}),
        ({"name": {"name": "A"}}, {("invalidInput.invalidValue", "name")}),
        ({"name": ["A"]}, {("invalidInput.invalidValue", "name")}),
        ({"maxAttempts": 1e400}, SYNTAX),
        ({"linesPerAgent": True}, {("invalidInput.invalidValue", "linesPerAgent")}),
        ({"retries": "soon"}, {("invalidInput.invalidValue", "retries")}),
        ({"retries": [1, 2]}, {("invalidInput.invalidValue", "retries")}),
        ({"timeZone": "UTC"}, {("invalidInput.invalidValue", "timeZone")}),
        ({"timeZone": {"refURL": {"a": 1}}}, {("invalidInput.invalidValue", "timeZone")}),
        *(
            ({"timeZone": {"refURL": url}}, {("invalidInput.invalidReference", "timeZone")})
            for url in (
                "UTC",
                "/unifiedconfig/config/timezone/",
                "/unifiedconfig/config/timezone/\ud800",
                "/unifiedconfig/config/timezone/a\x00b",
                "/unifiedconfig/config/timezone/%00",
                "/unifiedconfig/config/timezone/%ff",
                "/unifiedconfig/config/timezone/a%2Fb",
                "/unifiedconfig/config/campaign/1",
                "http://[",
                "x" * 100_000,
            )
        ),
        ({"skillGroupInfos": "none"}, {("invalidInput.invalidValue", "skillGroupInfos")}),
        ({"skillGroupInfos": [1]}, {("invalidInput.invalidValue", "skillGroupInfos")}),
        (
            {"skillGroupInfos": {"skillGroupInfo": ["x"]}},
            {("invalidInput.invalidValue", "skillGroupInfos")},
        ),
        (
            {
                "skillGroupInfos": {
                    "skillGroupInfo": {"skillGroup": {"refURL": f"/unifiedconfig/config/skillgroup/{10**17}"}}
                }
            },
            {("invalidInput.invalidReference", "skillGroup")},
        ),
        (
            {
                "skillGroupInfos": {
                    "skillGroupInfo": {"skillGroup": {"refURL": "/unifiedconfig/config/skillgroup/²"}}
                }
            },
            {("invalidInput.invalidReference", "skillGroup")},
        ),
    ],
)
def test_json_of_the_wrong_shape_names_the_element(api, nothing_stored, members, errors, accept):
    valid = {"name": "A", "timeZone": {"refURL": "/unifiedconfig/config/timezone/UTC"}}

    answer = api.post("campaign", valid | members, accept=accept)

    assert answer.status_code == 400
    assert set(errors_of(answer)) == set(errors)


def test_numbers_that_overflow_are_refused(api, nothing_stored):
    body = (
        b'{"name": "A", "timeZone": {"refURL": "/unifiedconfig/config/timezone/UTC"}, "linesPerAgent": 1e400}'
    )

    answer = api.post("campaign", body, content_type=JSON)

    assert errors_of(answer) == [("invalidInput.invalidValue", "linesPerAgent")]


def test_of_a_key_sent_twice_the_last_value_counts(api):
    body = b'{"name": "A", "timeZone": {"refURL": "/unifiedconfig/config/timezone/UTC"}, "name": "B"}'

    answer = api.post("campaign", body, content_type=JSON)

    assert api.get(answer["Location"].partition("testserver")[2]).tree.findtext("name") == "B"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("content_type", [XML, JSON])
def test_bodies_in_unicode_encodings_are_read(api, encoding, content_type):
    members = {
        "name": "A",
        "timeZone": {"refURL": "/unifiedconfig/config/timezone/UTC"},
        "description": "Größe",
    }
    text = xml_of("campaign", members).decode() if content_type == XML else json.dumps(members)

    answer = api.post("campaign", text.encode(encoding), content_type=content_type)

    assert answer.status_code == 201, answer.content
    assert api.get(answer["Location"].partition("testserver")[2]).tree.findtext("description") == "Größe"


@pytest.mark.parametrize(
    "encoding", sorted({*aliases.values(), "idna", "punycode", "undefined", "unicode_escape"})
)
def test_no_declared_encoding_breaks_the_server(api, encoding):
    body = f'<?xml version="1.0" encoding="{encoding}"?><campaign><maxAttempts>x</maxAttempts></campaign>'

    assert api.post("campaign", body.encode()).status_code == 400


TEXT = "<campaign><name>A</name><timeZone><refURL>/unifiedconfig/config/timezone/UTC</refURL></timeZone>"
TEXT += "<description>Größe €</description></campaign>"
WESTERN = TEXT.replace(" €", "")


def declared(encoding, text=TEXT):
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        # A byte-order mark is believed before charset and declaration.
        (declared("iso-8859-1").encode("utf-8-sig"), "application/xml; charset=iso-8859-1"),
        (declared("utf-8").encode("utf-16"), "application/xml; charset=utf-8"),
        (b"\xfe\xff" + declared("utf-8").encode("utf-16-be"), "application/xml"),
        (declared("utf-16").encode("utf-8-sig"), "application/xml"),
        # Then the charset of the content type, before the declaration.
        (declared("iso-8859-1").encode(), "application/xml; charset=utf-8"),
        (declared("utf-8").encode("cp1252"), "application/xml; charset=windows-1252"),
        (declared("no-such").encode(), 'text/xml; charset="UTF-8"'),
        (declared("utf-8").encode("utf-16-be"), "application/xml; charset=utf-16"),
        (declared("utf-8").encode("utf-16-le"), "application/xml; charset=UTF-16LE"),
        # Then the declaration.
        (declared("windows-1252").encode("cp1252"), "application/xml"),
        (declared("utf-16").encode("utf-16-le"), "application/xml"),
        (b"\n " + declared("windows-1252").encode("cp1252"), "text/xml"),
        # UTF-16 is not believed of bytes that are plainly something else.
        (declared("utf-16").encode(), "application/xml"),
        (declared("UTF-16").encode(), "application/xml; charset=utf-8"),
        (declared("Unicode").encode(), "text/xml"),
        (declared("utf-8").encode(), "application/xml; charset=utf-16"),
        # None of the three.
        (TEXT.encode(), "application/xml"),
        (TEXT.encode("utf-16-be"), "application/xml"),
        (declared("utf-16").encode(), ""),
    ],
)
def test_mark_then_charset_then_declaration_say_how_xml_is_encoded(api, body, content_type):
    answer = api.post("campaign", body, content_type=content_type)

    assert answer.status_code == 201, answer.content
    assert api.get(answer["Location"].partition("testserver")[2]).tree.findtext("description") == "Größe €"


def test_latin_1_is_read_by_its_charset(api):
    answer = api.post("campaign", WESTERN.encode("latin-1"), content_type="text/xml;charset=ISO-8859-1")

    assert api.get(answer["Location"].partition("testserver")[2]).tree.findtext("description") == "Größe"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (TEXT.encode("cp1252"), "utf-8"),
        (TEXT.encode("utf-8"), "us-ascii"),
        (TEXT.encode("utf-8"), "rot13"),
        (TEXT.encode("utf-8"), "x" * 1000),
        (b"\xff\xfe\xd8", ""),
        (b"\xff\xfe" + "<a>\ud800</a>".encode("utf-16-le", "surrogatepass"), ""),
        (TEXT.encode("utf-32"), "utf-32"),
        (b"\0", "utf-16"),
        (b"\xef\xbb\xbf", ""),
    ],
)
def test_bytes_that_are_not_what_they_are_said_to_be_are_refused(api, nothing_stored, body, charset):
    answer = api.post("campaign", body, content_type=f"application/xml; charset={charset}")

    assert answer.status_code == 400
    assert errors_of(answer) == SYNTAX
