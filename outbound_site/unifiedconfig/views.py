"""The base of every resource's views: one method an operation, around the functions of its app."""

import sys
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from outbound_site.core.server_time import PAGES
from outbound_site.core.unavailable import RETRY_AFTER_SECONDS, is_unavailable, log_unavailable
from outbound_site.unifiedconfig.access import Access, AnyRole, DeclaredAccess
from outbound_site.unifiedconfig.async_writes import DONE, accepted, is_asynchronous, outcome_of
from outbound_site.unifiedconfig.documents import Document, Items
from outbound_site.unifiedconfig.errors import DatabaseUnavailable, ErrorItem, NotFound, document_of
from outbound_site.unifiedconfig.negotiation import UnifiedNegotiation
from outbound_site.unifiedconfig.pagination import UnifiedPagination
from outbound_site.unifiedconfig.parsers import TextXMLParser, UnifiedJSONParser, UnifiedXMLParser
from outbound_site.unifiedconfig.references import BASE
from outbound_site.unifiedconfig.renderers import TextXMLRenderer, UnifiedJSONRenderer, UnifiedXMLRenderer
from outbound_site.unifiedconfig.serializers import ResourceSerializer


class UnifiedViewSet(GenericViewSet[Any]):
    """What all endpoints under `/unifiedconfig/config/` share. Without `access` everything is refused."""

    access: ClassVar[Access | None] = None
    operations: ClassVar[dict[str, str]] = {}
    parser_classes = [UnifiedXMLParser, TextXMLParser, UnifiedJSONParser]
    metadata_class = None
    http_method_names = ["get", "post", "put", "delete", "head"]
    renderer_classes = [UnifiedXMLRenderer, UnifiedJSONRenderer, TextXMLRenderer]
    content_negotiation_class = UnifiedNegotiation
    permission_classes = [DeclaredAccess]
    pagination_class = UnifiedPagination
    filter_backends = [DjangoFilterBackend]
    paged_by_default = True
    # The API text describes these resources; the generated description is that of the dialer's interface.
    schema = None
    # The name of the original's exception in the 404 of this resource, where the API text promises one.
    not_found_exception = ""
    collection_name = ""
    may_be_asynchronous = True

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        if self.may_be_asynchronous and response.status_code in DONE and is_asynchronous(request):
            response = accepted(request, response)
        return super().finalize_response(request, response, *args, **kwargs)

    def get_object(self) -> Any:
        """The item of the URL. Raises NotFound."""
        item = self.get_queryset().filter(**{self.lookup_field: self.kwargs[self.lookup_field]}).first()
        if item is None:
            raise NotFound(self.not_found_exception)
        return item

    def read_values(self, request: Request, *, partial: bool) -> dict[str, Any]:
        """`{attribute: value}` of the body. Raises ApiError."""
        serializer = self.get_serializer(data=request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def answer_list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        serializer_class = self.get_serializer_class()
        assert issubclass(serializer_class, ResourceSerializer)
        assert self.access is not None
        assert isinstance(self.paginator, UnifiedPagination)
        return Response(
            Document(
                "results",
                {
                    "pageInfo": self.paginator.page_info(),
                    "permissionInfo": self.access.permission_info(request.user),
                    self.collection_name: Items(
                        serializer_class.root_name, serializer_class(page, many=True).data
                    ),
                },
            )
        )


class ListMixin(UnifiedViewSet):
    def list(self, request: Request, **kwargs: Any) -> Response:
        return self.answer_list(request)


class RetrieveMixin(UnifiedViewSet):
    def retrieve(self, request: Request, **kwargs: Any) -> Response:
        serializer: BaseSerializer[Any] = self.get_serializer(self.get_object())
        assert isinstance(serializer, ResourceSerializer)
        return Response(Document(serializer.root_name, serializer.data))


class CreateMixin(UnifiedViewSet):
    def create(self, request: Request, **kwargs: Any) -> Response:
        """201 with the absolute address of the new item and an empty body."""
        item = self.perform_create(self.read_values(request, partial=False))
        return Response(status=201, headers={"Location": request.build_absolute_uri(item.ref_url)})

    def perform_create(self, values: dict[str, Any]) -> Any:
        raise NotImplementedError


class UpdateMixin(UnifiedViewSet):
    def update(self, request: Request, **kwargs: Any) -> Response:
        item = self.get_object()
        self.perform_update(item, self.read_values(request, partial=True))
        return Response()

    def perform_update(self, item: Any, values: dict[str, Any]) -> None:
        raise NotImplementedError


class DestroyMixin(UnifiedViewSet):
    def destroy(self, request: Request, **kwargs: Any) -> Response:
        self.perform_destroy(self.get_object())
        return Response()

    def perform_destroy(self, item: Any) -> None:
        raise NotImplementedError


class AsyncRequestStatus(UnifiedViewSet):
    """The outcome of a write with `async=true`, for the user who sent it."""

    permission_classes = [AnyRole]

    def retrieve(self, request: Request, job: str) -> Response:
        return outcome_of(job, request)


class UnknownUrl(UnifiedViewSet):
    """Every other URL under the prefix: 404 in the negotiated format, after sign-in."""

    permission_classes = [IsAuthenticated]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound

    def unknown(self, request: Request) -> Response:
        raise exceptions.NotFound


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django refused the request before any view saw it, for its host name for example."""
    return _outside_views(request, 400, ErrorItem("processing.badRequest", "The request is not acceptable"))


def server_error(request: HttpRequest) -> HttpResponse:
    """What no view of REST framework has answered: a fault of the server, or a database that is not there."""
    exception = sys.exc_info()[1]
    if exception is None or not is_unavailable(exception):
        error = ErrorItem("internalError", "The server failed to answer this request")
        return _outside_views(request, 500, error)
    log_unavailable(exception)
    if request.path_info.startswith(PAGES):
        again = request.get_full_path() if request.method == "GET" else ""
        answer = HttpResponse(render_to_string("503.html", {"again": again}), status=503)
    else:
        [error] = DatabaseUnavailable().errors
        answer = _outside_views(request, 503, error)
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _outside_views(request: HttpRequest, status: int, error: ErrorItem) -> HttpResponse:
    if request.path_info.startswith("/dialer/"):
        return JsonResponse({"detail": error.message}, status=status)
    if not request.path_info.startswith(BASE):
        return HttpResponse(error.message, status=status, content_type="text/plain")
    body = UnifiedXMLRenderer().render(document_of([error]))
    return HttpResponse(body, status=status, content_type="application/xml;charset=UTF-8")
