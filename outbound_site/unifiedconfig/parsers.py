"""Request bodies: XML and JSON become the same tree of strings, dicts and lists (see documents.py)."""

import codecs
import json
import re
from itertools import islice
from typing import IO, Any
from xml.parsers import expat

from django.conf import settings
from django.utils.http import parse_header_parameters
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework_xml.parsers import XMLParser

from outbound_site.unifiedconfig.documents import Document, Repeated
from outbound_site.unifiedconfig.errors import ApiError, TooLarge, malformed

MAX_DEPTH = 32
MAX_ELEMENTS = 200_000
TOO_MANY_ELEMENTS = f"The request body has more than {MAX_ELEMENTS} elements"
# Bytes of XML given to expat at a time; a single tag with its attributes is no longer.
CHUNK = 1 << 20
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# By the names that a body may give them. Others are refused: Python has odd codecs under odd names.
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "iso8859-1",
    "latin1": "iso8859-1",
    "windows-1252": "cp1252",
}
# Encodings whose units are longer than a byte; "unicode" is the .NET name of one.
WIDE_ENCODINGS = {"utf-16", "utf-16le", "utf-16be", "unicode", "utf-32", "utf-32le", "utf-32be"}
DECLARED_ENCODING = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([^"'>]{1,40})["']""")
# A string, or what begins an element of an array or object; possessive, so that it needs no memory.
JSON_ELEMENT = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{,]', re.DOTALL)


def read_body(stream: IO[bytes], parser_context: dict[str, Any] | None) -> bytes:
    """The whole body; TooLarge past MAX_BODY_BYTES, by its declared length before anything is read."""
    limit = settings.MAX_BODY_BYTES
    check_declared_length((parser_context or {}).get("request"))
    body = stream.read(limit + 1)
    if len(body) > limit:
        raise TooLarge(limit)
    return body


def check_declared_length(request: Request | None) -> None:
    """Raises TooLarge."""
    declared = request.META.get("CONTENT_LENGTH") if request is not None else None
    if declared and declared.isdecimal() and int(declared) > settings.MAX_BODY_BYTES:
        raise TooLarge(settings.MAX_BODY_BYTES)


class UnifiedXMLParser(XMLParser):
    """XML as text: no type is guessed, `0012` stays `0012`; repeated elements are kept."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> Document:
        return parse_xml(read_body(stream, parser_context), charset_of(media_type))


class TextXMLParser(UnifiedXMLParser):
    media_type = "text/xml"


class UnifiedJSONParser(BaseParser):
    """Not a JSONParser: for those REST framework reads the whole body before they can refuse its length."""

    media_type = "application/json"

    def parse(  # type: ignore[override]
        self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> Document:
        return parse_json(read_body(stream, parser_context))


class SniffingParser(UnifiedXMLParser):
    """A body without a content type: `{` means JSON, anything else XML."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: dict[str, Any] | None = None
    ) -> Document:
        body = read_body(stream, parser_context)
        start = body.removeprefix(codecs.BOM_UTF8).lstrip()
        return parse_json(body) if start.startswith(b"{") else parse_xml(body)


def parse_json(body: bytes) -> Document:
    """Raises ApiError for anything but one JSON object, and for one with too many elements."""
    try:
        text = body.decode(json.detect_encoding(body))
        if next(islice(JSON_ELEMENT.finditer(text), MAX_ELEMENTS, None), None):
            raise malformed(TOO_MANY_ELEMENTS)
        value = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise malformed("JSON syntax error in the request body") from None
    if not isinstance(value, dict):
        raise malformed("The request body must be a JSON object")
    return Document(None, value)


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def charset_of(content_type: str | None) -> str:
    return parse_header_parameters(content_type or "")[1].get("charset", "")


def as_utf8(body: bytes, charset: str) -> bytes:
    """Of what says how XML is encoded the first counts: its byte-order mark, the `charset` of its content
    type, its declaration (RFC 7303). Raises ApiError for an encoding that is not read here, and
    UnicodeDecodeError.
    """
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if body.startswith(mark):
            return body.removeprefix(mark).decode(encoding).encode()
    # The first character of XML is an ASCII one: in UTF-16 it has a zero byte.
    is_wide = b"\0" in body[:2]
    declared = DECLARED_ENCODING.match(body)
    named = charset.lower() or (declared[1].decode("latin-1").lower() if declared else "")
    encoding = ENCODINGS.get(named, "")
    if named in WIDE_ENCODINGS or not named:
        # Clients declare the encoding of the string that they had in memory and send it in UTF-8.
        encoding = ("utf-16-be" if body.startswith(b"\0") else "utf-16-le") if is_wide else "utf-8"
    if not encoding:
        raise malformed("The encoding of the request body must be UTF-8")
    return body if encoding == "utf-8" else body.decode(encoding).encode()


def parse_xml(body: bytes, charset: str = "") -> Document:
    """Raises ApiError for XML that is not well-formed, has a DTD, or is too deep or has too many elements."""
    builder = _TreeBuilder()
    # The encoding given here is used whatever the document declares.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.buffer_size = 1 << 20
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.refuse_doctype
    try:
        # White space before a declaration is not well-formed, but clients send it.
        _feed(parser, as_utf8(body, charset).lstrip())
    except ApiError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        place = (
            f" (line {error.lineno}, column {error.offset})" if isinstance(error, expat.ExpatError) else ""
        )
        raise malformed(f"XML syntax error in the request body{place}") from None
    return Document(builder.root_name, builder.root_members())


def _feed(parser: expat.XMLParserType, body: bytes) -> None:
    for start in range(0, len(body), CHUNK):
        parser.Parse(body[start : start + CHUNK], False)
        if start + CHUNK - parser.CurrentByteIndex > 2 * CHUNK:
            raise malformed("A tag of the request body is too long")
    parser.Parse(b"", True)


class _TreeBuilder:
    """Collects children by name; an element without children is its text."""

    def __init__(self) -> None:
        self.top: dict[str, Any] = {}
        self.stack: list[tuple[str, dict[str, Any], list[str]]] = [("", self.top, [])]
        self.elements = 0

    @property
    def root_name(self) -> str:
        return next(iter(self.top))

    def root_members(self) -> dict[str, Any]:
        root = self.top[self.root_name]
        return root if isinstance(root, dict) else {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > MAX_ELEMENTS:
            raise malformed(TOO_MANY_ELEMENTS)
        if len(self.stack) > MAX_DEPTH:
            raise malformed(f"The request body is nested deeper than {MAX_DEPTH} elements")
        self.stack.append((name.rpartition(":")[2], {}, []))

    def end(self, name: str) -> None:
        local_name, children, text = self.stack.pop()
        value = children or "".join(text)
        siblings = self.stack[-1][1]
        if local_name not in siblings:
            siblings[local_name] = value
        elif isinstance(siblings[local_name], Repeated):
            siblings[local_name].append(value)
        else:
            siblings[local_name] = Repeated([siblings[local_name], value])

    def text(self, data: str) -> None:
        self.stack[-1][2].append(data)

    def refuse_doctype(self, *declaration: object) -> None:
        raise malformed("A document type declaration is not accepted")
