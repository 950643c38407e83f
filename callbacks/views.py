from typing import Any

from django.http import HttpResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from callbacks import scheduling
from callbacks.callback_import import COLUMNS, QUEUE, SAMPLE, import_content
from callbacks.filters import AgentFilter, PersonalCallbackFilter
from callbacks.models import Agent, PersonalCallback
from callbacks.serializers import AgentSerializer, PersonalCallbackBulkSerializer, PersonalCallbackSerializer
from outbound_site.imports.bulk_requests import BulkViewSet, template_answer
from outbound_site.unifiedconfig.access import Access
from outbound_site.unifiedconfig.negotiation import CsvNegotiation
from outbound_site.unifiedconfig.views import (
    CreateMixin,
    DestroyMixin,
    ListMixin,
    RetrieveMixin,
    UnifiedViewSet,
    UpdateMixin,
)

CALLBACK_ACCESS = Access(
    read=("callbacks.view_personalcallback",),
    create=("callbacks.add_personalcallback",),
    update=("callbacks.change_personalcallback",),
    delete=("callbacks.delete_personalcallback",),
)


class AgentViewSet(ListMixin, RetrieveMixin):
    queryset = Agent.objects.active()
    serializer_class = AgentSerializer
    filterset_class = AgentFilter
    collection_name = "agents"
    access = Access(read=("callbacks.view_agent",))


class PersonalCallbackViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    queryset = PersonalCallback.objects.select_related("agent", "campaign")
    serializer_class = PersonalCallbackSerializer
    filterset_class = PersonalCallbackFilter
    collection_name = "personalCallbacks"
    access = CALLBACK_ACCESS

    def perform_create(self, values: dict[str, Any]) -> PersonalCallback:
        return scheduling.schedule(values)

    def perform_update(self, item: PersonalCallback, values: dict[str, Any]) -> None:
        scheduling.change(item, values, values.pop("change_stamp", None))

    def perform_destroy(self, item: PersonalCallback) -> None:
        scheduling.remove(item)


class PersonalCallbackImportViewSet(BulkViewSet):
    serializer_class = PersonalCallbackBulkSerializer
    access = CALLBACK_ACCESS
    operations = {"import_list": "create"}

    def import_list(self, request: Request) -> Response:
        """200 with an empty body."""
        with self.slot(QUEUE):
            values = self.read_values(request, partial=False)
            overwrite = values.get("overwrite_data", False)
            if overwrite and not CALLBACK_ACCESS.allows(request.user, "delete"):
                raise exceptions.PermissionDenied
            import_content(
                values["file_content"], values.get("delimiter", ","), overwrite=overwrite, user=request.user
            )
        return Response()


class PersonalCallbackTemplateViewSet(UnifiedViewSet):
    access = CALLBACK_ACCESS
    operations = {"template": "read"}
    content_negotiation_class = CsvNegotiation

    def template(self, request: Request) -> HttpResponse:
        return template_answer("PersonalCallbackTemplate.csv", COLUMNS, SAMPLE)
