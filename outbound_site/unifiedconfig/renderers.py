"""Answers: one tree (see documents.py), written as XML or as JSON."""

import json
import re
from datetime import date, datetime, time
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework_xml.renderers import XMLRenderer

from outbound_site.unifiedconfig.documents import Document, Items

# Everything XML 1.0 cannot hold or that needs escaping. A bare carriage return would be normalised away by
# the reader.
SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}


def escape(text: str) -> str:
    return SPECIAL.sub(lambda found: ESCAPES.get(found[0], ""), text) if SPECIAL.search(text) else text


def plain(value: Any) -> Any:
    """Dates and times as the wire writes them: no seconds in times of day, no zone in time stamps."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value


class UnifiedXMLRenderer(XMLRenderer):
    media_type = "application/xml"
    charset = "UTF-8"

    def render(
        self,
        data: Document | None,
        accepted_media_type: str | None = None,
        renderer_context: dict[str, Any] | None = None,
    ) -> str | bytes:
        if data is None:
            return b""
        parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
        write_element(parts.append, data.root or "", data.members)
        return "".join(parts)


class TextXMLRenderer(UnifiedXMLRenderer):
    media_type = "text/xml"
    format = "text-xml"


def write_element(write: Any, name: str, value: Any) -> None:
    if isinstance(value, dict):
        write(f"<{name}>")
        for child_name, child in value.items():
            # The most frequent case stands here as well: a call for each doubles the time of a long list.
            if type(child) is str:
                write(f"<{child_name}>{escape(child)}</{child_name}>")
            else:
                write_element(write, child_name, child)
        write(f"</{name}>")
    elif isinstance(value, Items):
        write_element(write, name, {value.item_name: value.items})
    elif isinstance(value, list):
        for item in value:
            write_element(write, name, item)
    elif value is not None:
        write(f"<{name}>{scalar_text(value)}</{name}>")


def scalar_text(value: Any) -> str:
    if value is True or value is False:
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else escape(str(plain(value)))


class UnifiedJSONRenderer(JSONRenderer):
    charset = "UTF-8"

    def render(  # type: ignore[override]
        self,
        data: Document | None,
        accepted_media_type: str | None = None,
        renderer_context: dict[str, Any] | None = None,
    ) -> str | bytes:
        if data is None:
            return b""
        return json.dumps(json_value(data.members), ensure_ascii=False, allow_nan=False)


def json_value(value: Any) -> Any:
    if isinstance(value, str):
        # JSON in UTF-8 has no place for half a surrogate pair.
        return value if value.isascii() else value.encode("utf-8", "ignore").decode()
    if isinstance(value, dict):
        return {name: json_value(member) for name, member in value.items() if member is not None}
    if isinstance(value, Items):
        return [{value.item_name: [json_value(item) for item in value.items]}]
    if isinstance(value, list):
        return [json_value(item) for item in value]
    return plain(value)
