import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from rest_framework.request import Request

from outbound_site.imports import queue
from outbound_site.unifiedconfig.elements import Choice, Element, Flag
from outbound_site.unifiedconfig.errors import ApiError, field_required, invalid_value
from outbound_site.unifiedconfig.parsers import check_declared_length
from outbound_site.unifiedconfig.serializers import ResourceSerializer
from outbound_site.unifiedconfig.views import UnifiedViewSet

DELIMITERS = {",": "comma", "|": "pipe"}


class Content(Element):
    """The delimited list, as it was sent: what is wrong in it is reported line by line."""

    def parse(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ApiError(invalid_value(self.name, raw))
        if not raw.strip():
            raise ApiError(field_required(self.name))
        return raw


class BulkSerializer(ResourceSerializer):
    """The body of a bulk request. Subclasses give `root_name`."""

    elements = (
        Content("fileContent", required=True),
        Choice("delimiter", choices=DELIMITERS),
        Flag("overwriteData"),
    )


_sign_ins = threading.Semaphore(2)


class BulkViewSet(UnifiedViewSet):
    """Its POST is a bulk request, which waits in the queue; one too many is refused before its sign-in."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as self.held:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            self.ticket = self.held.enter_context(queue.ticket())
            with _sign_ins:
                super().initial(request, *args, **kwargs)
        else:
            super().initial(request, *args, **kwargs)

    @contextmanager
    def slot(self, name: str) -> Iterator[None]:
        """The time to read the body and work: not before all of it is here, so that nobody waits for a slow
        client. Raises TooLarge.
        """
        check_declared_length(self.request)
        queue.leave_connection()
        self.request._request.body  # noqa: B018
        with self.ticket.slot(name):
            yield
