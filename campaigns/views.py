from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns import contact_files
from campaigns.configuration import SkillGroupChange, create_campaign, delete_campaign, update_campaign
from campaigns.contact_import import COLUMNS, SAMPLE, import_content, queue_of
from campaigns.dialing_list import delete_contacts, length
from campaigns.filters import CampaignFilter, ContactFilter, SkillGroupFilter
from campaigns.id_blocks import ids_by_account
from campaigns.models import Campaign, Contact, ContactPhone, Origin, SkillGroup
from campaigns.serializers import (
    CampaignSerializer,
    ContactImportSerializer,
    ContactSerializer,
    ContactSummarySerializer,
    SkillGroupSerializer,
)
from outbound_site.imports.bulk_requests import DELIMITERS, BulkViewSet, template_answer
from outbound_site.unifiedconfig.access import Access
from outbound_site.unifiedconfig.errors import ApiError, ErrorItem, NotFound, invalid_value, length_exceeded
from outbound_site.unifiedconfig.negotiation import CsvNegotiation
from outbound_site.unifiedconfig.pagination import UnifiedPagination
from outbound_site.unifiedconfig.renderers import UnifiedXMLRenderer
from outbound_site.unifiedconfig.views import (
    CreateMixin,
    DestroyMixin,
    ListMixin,
    RetrieveMixin,
    UnifiedViewSet,
    UpdateMixin,
)
from timezones.serializers import keep_invalid_zone

# The subfeatures that give a custom role update-only access (API text, note on the Role API).
SUBFEATURES = ("campaigns.campaign_status", "campaigns.campaign_contact")


NOT_FOUND = "CceDBDataNotFoundException"
MAX_KEY = 255
ACCESS_TO_CONTACTS = Access(
    read=("campaigns.add_contact",),
    create=("campaigns.add_contact",),
    delete=("campaigns.delete_contact",),
)


class CampaignViewSet(ListMixin, RetrieveMixin, CreateMixin, UpdateMixin, DestroyMixin):
    queryset = Campaign.objects.visible_to_api().with_parts()
    serializer_class = CampaignSerializer
    filterset_class = CampaignFilter
    collection_name = "campaigns"
    not_found_exception = NOT_FOUND
    access = Access(
        read=("campaigns.view_campaign", *SUBFEATURES),
        create=("campaigns.add_campaign",),
        update=("campaigns.change_campaign", *SUBFEATURES),
        delete=("campaigns.delete_campaign",),
    )

    def perform_create(self, values: dict[str, Any]) -> Campaign:
        infos = values.pop("skill_group_infos", None)
        return create_campaign(Origin.API, values, SkillGroupChange(replace=infos))

    def perform_update(self, item: Campaign, values: dict[str, Any]) -> None:
        keep_invalid_zone(values, item.time_zone)
        update_campaign(
            item.pk, values.pop("change_stamp"), skill_groups=skill_group_change(values), values=values
        )

    def perform_destroy(self, item: Campaign) -> None:
        delete_campaign(item)


def skill_group_change(values: dict[str, Any]) -> SkillGroupChange:
    """Takes the three collections out of the values. Raises ApiError when whole set and deltas are mixed."""
    replace = values.pop("skill_group_infos", None)
    added = values.pop("skill_group_infos_added", None)
    removed = values.pop("skill_group_infos_removed", None)
    if replace is not None and (added is not None or removed is not None):
        message = "skillGroupInfos cannot be combined with skillGroupInfosAdded or skillGroupInfosRemoved"
        raise ApiError(ErrorItem("invalidInput.invalidValue", message, "skillGroupInfos"))
    return SkillGroupChange(replace, added or (), [item["skill_group"].pk for item in removed or ()])


class SkillGroupViewSet(ListMixin, RetrieveMixin):
    queryset = SkillGroup.objects.active()
    serializer_class = SkillGroupSerializer
    filterset_class = SkillGroupFilter
    collection_name = "skillGroups"
    access = Access(read=("campaigns.view_skillgroup", *SUBFEATURES))


class CSVRenderer(UnifiedXMLRenderer):
    """Lets `Accept: text/csv` choose CSV; errors are in XML."""

    media_type = "text/csv"
    format = "csv"


class ContactPagination(UnifiedPagination):
    """The length of a whole list is kept, and an index gives its order, so that no page reads all of it."""

    def count(self, queryset: QuerySet[Contact]) -> int:
        return super().count(queryset) if "q" in self.request.query_params else length(self.campaign_id)

    def rows(self, queryset: QuerySet[Contact], start: int, stop: int) -> list[Contact]:
        """First the ids, which the database finds in an index alone; then the contacts of this page."""
        ids = self.ids_of_whole_list(start, stop)
        if ids is None:
            ids = super().rows(queryset.values_list("pk", flat=True), start, stop)
        found = queryset.in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]

    def ids_of_whole_list(self, start: int, stop: int) -> list[int] | None:
        """From the nearer end; None when the list is searched, or sorted in another way."""
        if self.request.query_params.keys() & {"q", "sort"}:
            return None
        if start <= self.total - stop:
            return ids_by_account(self.campaign_id, start, stop)
        ids = ids_by_account(self.campaign_id, self.total - stop, self.total - start, backwards=True)
        return ids and ids[::-1]

    @property
    def campaign_id(self) -> int:
        return int(self.request.parser_context["kwargs"]["campaign"])


class OfCampaign(UnifiedViewSet):
    """What belongs to the campaign of the URL (API text, "Import API"); administrators only."""

    access = ACCESS_TO_CONTACTS

    def get_campaign(self) -> Campaign:
        """Raises NotFound for a campaign that the API does not see."""
        campaign = Campaign.objects.visible_to_api().filter(pk=self.kwargs["campaign"]).first()
        if campaign is None:
            raise NotFound(NOT_FOUND)
        return campaign


class ContactViewSet(BulkViewSet, OfCampaign, ListMixin, RetrieveMixin):
    """The contacts of a campaign and their import."""

    queryset = Contact.objects.all()
    filterset_class = ContactFilter
    pagination_class = ContactPagination
    collection_name = "importContacts"
    not_found_exception = NOT_FOUND
    renderer_classes = [*ListMixin.renderer_classes, CSVRenderer]

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(getattr(self.request, "accepted_renderer", None), CSVRenderer):
            self.request.accepted_renderer = UnifiedXMLRenderer()
            self.request.accepted_media_type = UnifiedXMLRenderer.media_type
        return super().handle_exception(exc)

    def get_queryset(self) -> QuerySet[Contact]:
        contacts = Contact.objects.filter(campaign=self.get_campaign())
        if self.is_summary():
            return contacts
        return contacts.prefetch_related(Prefetch("phones", ContactPhone.objects.select_related("zone_set")))

    def get_serializer_class(self) -> Any:
        return ContactSummarySerializer if self.is_summary() else ContactSerializer

    def is_summary(self) -> bool:
        return self.action == "list" and self.request.query_params.get("summary", "").lower() == "true"

    def list(self, request: Request, **kwargs: Any) -> Any:
        if isinstance(request.accepted_renderer, CSVRenderer):
            return contacts_as_csv(request, self.get_campaign())
        return super().list(request)

    def create(self, request: Request, **kwargs: Any) -> Response:
        """200 with an empty body."""
        campaign = self.get_campaign()
        with self.slot(queue_of(campaign)):
            self.import_contacts(campaign, request)
        return Response()

    def import_contacts(self, campaign: Campaign, request: Request) -> None:
        body = ContactImportSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        overwrite = values.get("overwrite_data", False)
        if overwrite and not ACCESS_TO_CONTACTS.allows(request.user, "delete"):
            raise exceptions.PermissionDenied
        try:
            import_content(
                campaign,
                values["file_content"],
                values.get("delimiter", ","),
                overwrite=overwrite,
                user=request.user,
                key=key_of(request),
            )
        except Campaign.DoesNotExist:
            raise NotFound(NOT_FOUND) from None

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        delete_contacts(self.get_campaign())
        return Response()


class ContactFileViewSet(OfCampaign):
    """The addresses that answer CSV whatever is asked for."""

    content_negotiation_class = CsvNegotiation
    operations = {"template": "read", "csv": "read"}

    def csv(self, request: Request, **kwargs: Any) -> StreamingHttpResponse:
        return contacts_as_csv(request, self.get_campaign())

    def template(self, request: Request) -> HttpResponse:
        return template_answer("ContactsTemplate.csv", COLUMNS, SAMPLE)


def contacts_as_csv(request: Request, campaign: Campaign) -> StreamingHttpResponse:
    """With the delimiter of the query string, a comma without one. Headers name the values that are left out,
    since an import with that delimiter could not read them back. Raises ApiError.
    """
    delimiter = request.query_params.get("delimiter", ",")
    if delimiter not in DELIMITERS:
        raise ApiError(invalid_value("delimiter", delimiter))
    answer = StreamingHttpResponse(
        contact_files.download(campaign, delimiter),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="Contacts.csv"'},
    )
    count, first = contact_files.left_out(campaign, delimiter)
    if count:
        answer["X-Contacts-Incomplete"] = str(count)
        answer["X-Values-Left-Out"] = ", ".join(first)
    return answer


def key_of(request: Request) -> str:
    """The request's `Idempotency-Key`, "" for none. Raises ApiError."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > MAX_KEY:
        raise ApiError(length_exceeded("Idempotency-Key", MAX_KEY))
    return key
