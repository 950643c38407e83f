"""How the dialer's interface talks: plain JSON of REST framework, for users with a dialer's permission."""

import logging
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import exceptions
from rest_framework import serializers as drf
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView, exception_handler, set_rollback

from outbound_site.core.unavailable import MESSAGE, RETRY_AFTER_SECONDS, is_unavailable, log_unavailable
from outbound_site.unifiedconfig.parsers import parse_json, read_body

logger = logging.getLogger(__name__)


class LimitedJSONParser(JSONParser):
    """One JSON object of at most MAX_BODY_BYTES."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        return parse_json(read_body(stream, parser_context)).members


class MayDial(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.has_perm("dialing.use_dialer_interface"))


def answer_exception(exception: Exception, context: dict[str, Any]) -> Response:
    """`{"detail": ...}`, or the messages by field; what is not known is a server fault and says nothing."""
    if isinstance(exception, ValidationError):
        exception = exceptions.ValidationError(drf.as_serializer_error(exception))
    if answer := exception_handler(exception, context):
        return answer
    set_rollback()
    if is_unavailable(exception):
        log_unavailable(exception)
        return Response({"detail": MESSAGE}, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    logger.error("Unexpected failure", exc_info=exception)
    return Response({"detail": "The server failed to answer this request"}, status=500)


class DialerView(APIView):
    parser_classes = [LimitedJSONParser]
    renderer_classes = [JSONRenderer]
    permission_classes = [MayDial]

    def get_exception_handler(self) -> Any:
        return answer_exception


class NoSuchUrl(DialerView):
    """Every other URL of the interface: 404 in JSON, after sign-in."""

    schema = None
    http_method_names = ["get"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound


def checked(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    """The values of a request. Raises REST framework's ValidationError."""
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values
