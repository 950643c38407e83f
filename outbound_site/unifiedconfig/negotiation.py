"""Which format answers, and which parser reads (docs/wire-format.md 2)."""

import re
from collections.abc import Iterable

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from outbound_site.unifiedconfig.parsers import SniffingParser

QUALITY = re.compile(r";\s*q\s*=\s*([0-9.]+)", re.IGNORECASE)


def media_ranges(accept: str) -> list[str]:
    """The media ranges of an Accept header, best first; equal quality keeps the order of the header."""
    ranges = []
    for part in accept.split(","):
        name = part.split(";")[0].strip().lower()
        found = QUALITY.search(part)
        try:
            quality = float(found[1]) if found else 1.0
        except ValueError:
            quality = 0.0
        if name and quality > 0:
            ranges.append((-quality, name))
    return [name for _, name in sorted(ranges, key=lambda pair: pair[0])]


def matches(media_range: str, media_type: str) -> bool:
    # Java's HTTP client sends a bare `*`.
    return media_range in {"*", "*/*", media_type, media_type.split("/")[0] + "/*"}


class UnifiedNegotiation(BaseContentNegotiation):
    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first renderer that the best media range allows; without an Accept header the first of all."""
        for media_range in media_ranges(request.META.get("HTTP_ACCEPT", "") or "*/*"):
            for renderer in renderers:
                if matches(media_range, renderer.media_type or ""):
                    return renderer, renderer.media_type or ""
        raise NotAcceptable(available_renderers=list(renderers))

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        media_type = (request.content_type or "").split(";")[0].strip().lower()
        if not media_type:
            return SniffingParser()
        return next((parser for parser in parsers if parser.media_type == media_type), None)


class CsvNegotiation(UnifiedNegotiation):
    """For addresses that answer CSV whatever was asked for; their errors are in the best format, else XML."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderers = list(renderers)
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            return renderers[0], renderers[0].media_type or ""
