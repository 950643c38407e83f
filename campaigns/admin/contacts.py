from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from campaigns.id_blocks import phones_with
from campaigns.models import Contact, ContactPhone
from outbound_site.core.phone_numbers import PLAIN, cleaned

FIELDS: list[Any] = [
    "campaign",
    "job",
    "account_number",
    "first_name",
    "last_name",
    "status",
    "call_result",
    "calls_made",
    "callback_at",
    "callback_number",
    "last_phone",
    "import_date",
]
PHONE_FIELDS: Any = [
    "position",
    "number",
    "zones",
    "zone_source",
    "call_result",
    "calls_made",
    "callback_at",
    "closed",
]


class ContactPhoneInline(admin.StackedInline):
    model = ContactPhone
    fields = PHONE_FIELDS
    readonly_fields = PHONE_FIELDS
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("zone_set")

    @admin.display(description="zones")
    def zones(self, phone: ContactPhone) -> str:
        return "; ".join(zone.label for zone in phone.zone_set.zones)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Contact)
class ContactAdmin(admin.ModelAdmin):
    """To look contacts up; they come by import and go with their campaign's list."""

    when_empty = (
        "There is no contact yet. Contacts come with lists, which are uploaded under Import jobs or "
        "sent through the API."
    )
    list_display = [
        "shown",
        "first_name",
        "last_name",
        "campaign",
        "status",
        "call_result",
        "calls_made",
        "callback_at",
        "import_date",
    ]
    list_filter = ["status", ("campaign", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["campaign"]
    search_fields = ["search_text"]
    fields = FIELDS
    readonly_fields = FIELDS
    inlines = [ContactPhoneInline]
    # Lists have millions of rows: only what is asked for is counted and sorted.
    show_full_result_count = False
    ordering = ["-pk"]
    sortable_by = ()

    @admin.display(description="account number")
    def shown(self, contact: Contact) -> str:
        return contact.account_number or f"(contact {contact.pk})"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        found, _ = super().get_search_results(request, queryset, term.lower())
        number = cleaned(term)
        if number and PLAIN.fullmatch(number):
            found |= queryset.filter(pk__in=phones_with(number).order_by().values("contact"))
        return found, False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
