from typing import Any

from outbound_site.unifiedconfig.elements import Choice, Element, Flag
from outbound_site.unifiedconfig.errors import Refusal, field_required, invalid_value
from outbound_site.unifiedconfig.serializers import ResourceSerializer

DELIMITERS = {",": "comma", "|": "pipe"}


class Content(Element):
    """The delimited list, as it was sent: what is wrong in it is told line by line."""

    def parse(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise Refusal(invalid_value(self.name, raw))
        if not raw.strip():
            raise Refusal(field_required(self.name))
        return raw


class BulkSerializer(ResourceSerializer):
    """The body of a bulk request. Subclasses give `root_name`."""

    elements = (
        Content("fileContent", required=True),
        Choice("delimiter", choices=DELIMITERS),
        Flag("overwriteData"),
    )
