"""The OpenAPI description of the dialer's interface: every status that is answered, with examples."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.authentication import BasicScheme
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework import serializers

from dialing.dialer_api.base import MayDial, answer_exception
from dialing.dialer_api.serializers import WireSerializer


class RememberedBasicScheme(BasicScheme):
    target_class = "outbound_site.unifiedconfig.authentication.RememberedBasicAuthentication"


@extend_schema(exclude=True)
class DescriptionView(SpectacularJSONAPIView):
    permission_classes = [MayDial]

    def get_exception_handler(self) -> Callable[..., Any]:
        return answer_exception


class FaultAnswer(WireSerializer[Any]):
    detail = serializers.CharField(help_text="What is wrong, for people.")


# (status, meaning, example of `detail`): those of every operation, and those of operations with a body.
FAULTS = [
    (401, "No user, a wrong password, or a pause after too many of them.", "Invalid user name or password"),
    (403, "A user who is no dialer.", "You do not have permission to perform this action."),
    (406, "`Accept` does not allow JSON.", "Could not satisfy the request Accept header."),
    (500, "A fault of the server, which is in its log.", "The server failed to answer this request"),
    (503, "The database is not available. Nothing was done.", "The database is not available; try again"),
]
FAULTS_OF_BODIES = [
    (413, "The body is too large.", "The request body exceeds the maximum of 16777216 bytes"),
    (415, "The body is not JSON.", 'Unsupported media type "text/csv" in request.'),
]
HEADERS = [
    OpenApiParameter("WWW-Authenticate", str, OpenApiParameter.HEADER, response=[401]),
    OpenApiParameter(
        "Retry-After", int, OpenApiParameter.HEADER, response=[503], description="Seconds to wait."
    ),
]


def operation(
    name: str,
    *,
    answer: Any,
    answered: dict[str, Any],
    request: Any = None,
    sent: dict[str, Any] | None = None,
    query: Any = None,
) -> Any:
    """The decorator of a view's method: its request (a body or a `query`), its answer, an example of both."""
    faults = FAULTS + (FAULTS_OF_BODIES if request else [])
    responses: dict[int, Any] = {
        status: OpenApiResponse(
            FaultAnswer, meaning, [OpenApiExample(f"Answer {status}", {"detail": detail}, response_only=True)]
        )
        for status, meaning, detail in faults
    }
    example = OpenApiExample("Answer 200", answered, response_only=True)
    responses[200] = OpenApiResponse(answer, "Done.", [example])
    if request or query:
        invalid = OpenApiExample(
            "Answer 400", {"count": ["A valid integer is required."]}, response_only=True
        )
        meaning = "Messages by field, or `detail`. Nothing of the request was stored."
        responses[400] = OpenApiResponse(OpenApiTypes.OBJECT, meaning, [invalid])
    return extend_schema(
        operation_id=name,
        request=request,
        responses=dict(sorted(responses.items())),
        parameters=[*([query] if query else []), *HEADERS],
        examples=[OpenApiExample("Request", sent, request_only=True)] if sent is not None else None,
    )
