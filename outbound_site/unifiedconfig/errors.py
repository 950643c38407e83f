"""One error shape and the one handler that turns every exception into it (docs/wire-format.md 8)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from outbound_site.core.unavailable import MESSAGE, RETRY_AFTER_SECONDS, is_unavailable, log_unavailable
from outbound_site.unifiedconfig.documents import Document
from outbound_site.unifiedconfig.names import camel_case

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErrorItem:
    """One `apiError`. `data` names the offending parameter; `detail` holds the fields of that type."""

    type: str
    message: str
    data: str | None = None
    detail: dict[str, Any] | None = None

    def members(self) -> dict[str, Any]:
        return {
            "errorData": self.data,
            "errorDetail": self.detail,
            "errorMessage": self.message,
            "errorType": self.type,
        }


class ApiError(exceptions.APIException):
    """A request refused with one or more `apiError`s."""

    status_code: int = status.HTTP_400_BAD_REQUEST

    def __init__(self, *errors: ErrorItem) -> None:
        self.errors = list(errors)
        super().__init__("; ".join(error.message for error in errors))


class NotFound(ApiError):
    status_code = status.HTTP_404_NOT_FOUND

    def __init__(self, exception_name: str = "") -> None:
        """`exception_name` goes in front of the message where the API text promises that exception."""
        message = "The specified ID does not exist in the database."
        super().__init__(
            ErrorItem("notFound.dbData", f"{exception_name}: {message}" if exception_name else message)
        )


class TooLarge(ApiError):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE

    def __init__(self, limit: int) -> None:
        message = f"The request body exceeds the maximum of {limit} bytes"
        super().__init__(ErrorItem("limitExceeded.requestSize", message, detail={"max": limit}))


class Unavailable(ApiError):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE


class DatabaseUnavailable(Unavailable):
    wait = RETRY_AFTER_SECONDS

    def __init__(self) -> None:
        super().__init__(ErrorItem("processing.databaseUnavailable", MESSAGE))


def malformed(message: str) -> ApiError:
    return ApiError(ErrorItem("processing.xmlSyntaxError", message))


def field_required(name: str) -> ErrorItem:
    return ErrorItem("invalidInput.fieldRequired", "This field is required", name)


def out_of_range(name: str, low: float, high: float) -> ErrorItem:
    message = f"This field must contain a value from {low} to {high}"
    return ErrorItem("invalidInput.outOfRange", message, name, {"min": low, "max": high})


def length_exceeded(name: str, limit: int) -> ErrorItem:
    message = f"This field exceeds the maximum length of {limit}"
    return ErrorItem("invalidInput.fieldLengthExceeded", message, name, {"max": limit})


def invalid_character(name: str) -> ErrorItem:
    return ErrorItem("invalidInput.invalidCharacter", "This field contains invalid characters", name)


def invalid_value(name: str, value: object) -> ErrorItem:
    shown = value if isinstance(value, str | int | float | bool) else type(value).__name__
    return ErrorItem(
        "invalidInput.invalidValue", "This field has an invalid value", name, {"value": str(shown)[:100]}
    )


def invalid_reference(name: str, target: str, kind: str) -> ErrorItem:
    message = f"The referenced item does not exist: {kind} {target}"
    return ErrorItem("invalidInput.invalidReference", message, name, {"name": target, "type": kind})


def from_validation_error(error: DjangoValidationError, name: str | None = None) -> list[ErrorItem]:
    """The `apiError`s of a model's validation; the code of each message decides its type."""
    if hasattr(error, "error_dict"):
        return [
            found
            for attribute, errors in error.error_dict.items()
            for one in errors
            for found in from_validation_error(one, None if attribute == "__all__" else camel_case(attribute))
        ]
    if hasattr(error, "error_list") and len(error.error_list) != 1:
        return [found for one in error.error_list for found in from_validation_error(one, name)]
    return [_from_message(error.error_list[0], name)]


def _from_message(error: DjangoValidationError, name: str | None) -> ErrorItem:
    params = error.params or {}
    field = name or ""
    match error.code:
        case "out_of_range":
            return out_of_range(field, params["min"], params["max"])
        case "max_length" | "max_bytes":
            return length_exceeded(field, params["limit_value"])
        case "invalid_character":
            return invalid_character(field)
        case "required" | "blank" | "null":
            return field_required(field)
    kind = error.code if error.code and "." in error.code else "invalidInput.invalidValue"
    return ErrorItem(kind, error.messages[0], name, params.get("detail"))


# Types for what REST framework raises itself; the reference is silent on the last six.
FRAMEWORK_ERRORS: list[tuple[type[Exception], int, str, str]] = [
    (exceptions.NotAuthenticated, 401, "access.unauthenticated", "Sign in with a user name and a password"),
    (exceptions.AuthenticationFailed, 401, "access.unauthenticated", ""),
    (exceptions.PermissionDenied, 403, "access.denied", "Access denied"),
    (PermissionDenied, 403, "access.denied", "Access denied"),
    (exceptions.NotFound, 404, "notFound.url", "No such URL"),
    (Http404, 404, "notFound.dbData", "The specified ID does not exist in the database."),
    (exceptions.MethodNotAllowed, 405, "operation.methodNotAllowed", ""),
    (exceptions.NotAcceptable, 406, "processing.notAcceptable", "Only XML and JSON can be answered"),
    (exceptions.UnsupportedMediaType, 415, "processing.unsupportedMediaType", ""),
    (SuspiciousOperation, 400, "processing.badRequest", "The request is not acceptable"),
    (exceptions.Throttled, 503, "limitExceeded.requests", ""),
]


def errors_of(exception: Exception) -> tuple[int, list[ErrorItem]]:
    """Status and errors of any exception. What is not known is a server fault without detail."""
    if isinstance(exception, ApiError):
        return exception.status_code, exception.errors
    if isinstance(exception, DjangoValidationError):
        return 400, from_validation_error(exception)
    for kind, code, error_type, message in FRAMEWORK_ERRORS:
        if isinstance(exception, kind):
            return code, [ErrorItem(error_type, message or str(exception))]
    if isinstance(exception, exceptions.ValidationError) and isinstance(exception.detail, dict):
        # What django-filter finds wrong in a query.
        return 400, [
            ErrorItem("invalidInput.invalidValue", str(message), str(name))
            for name, messages in exception.detail.items()
            for message in messages
        ]
    if isinstance(exception, exceptions.APIException) and exception.status_code < 500:
        return exception.status_code, [ErrorItem("invalidInput.invalidValue", str(exception))]
    logger.error("Unexpected failure", exc_info=exception)
    return 500, [ErrorItem("internalError", "The server failed to answer this request")]


def document_of(errors: Iterable[ErrorItem]) -> Document:
    return Document("apiErrors", {"apiError": [error.members() for error in errors]})


def answer_exception(exception: Exception, context: dict[str, Any]) -> Response:
    """REST framework's exception handler: every failure leaves in the negotiated format."""
    set_rollback()
    if is_unavailable(exception):
        log_unavailable(exception)
        exception = DatabaseUnavailable()
    code, errors = errors_of(exception)
    headers = {
        name: str(value)
        for name, attribute in (("WWW-Authenticate", "auth_header"), ("Retry-After", "wait"))
        if (value := getattr(exception, attribute, None))
    }
    return Response(document_of(errors), status=code, headers=headers)
