from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from dnc import do_not_call_list, near_misses
from dnc.models import FileImport, HandEntry, HandRemoval
from dnc.numbers import BadNumber, clean_number
from outbound_site.core.admin.pages import demand, page
from outbound_site.core.phone_numbers import is_whole

MOST_PASTED = 10_000
LINES_A_CHUNK = 20_000
IMPORTS_SHOWN = 10
OPERATIONS = {"look_up": "dnc.view_handentry", "add": "dnc.add_handentry", "remove": "dnc.delete_handentry"}


class NumbersForm(forms.Form):
    """Numbers and what to do with them; `operation` is the button that was pressed."""

    numbers = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8, "autofocus": True, "spellcheck": "false"}),
        help_text="One or many, one a line, as you write them; an extension after a comma.",
    )
    reason = forms.CharField(
        required=False, max_length=255, help_text="Needed to add or remove; it is kept with your name."
    )
    operation = forms.ChoiceField(choices=[(name, name) for name in OPERATIONS], required=False)

    def clean_numbers(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["numbers"].splitlines() if line.strip()]
        if len(lines) > MOST_PASTED:
            raise forms.ValidationError(f"These are {len(lines):,} lines; at most {MOST_PASTED:,} at a time.")
        bad = list(islice(_faults(lines), 10))
        if bad:
            raise forms.ValidationError(bad)
        # By number, how it was written first.
        self.written: dict[str, str] = {}
        for line in lines:
            self.written.setdefault(clean_number(line), line)
        return list(self.written)

    def is_read_otherwise(self) -> bool:
        """Whether a number is not written in the characters that are stored."""
        return any(number != written for number, written in self.written.items())

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("operation") in ("add", "remove") and not cleaned.get("reason"):
            self.add_error("reason", "Say why.")
        return cleaned


def _faults(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        try:
            clean_number(line)
        except BadNumber as bad:
            yield f"{line}: {bad}"


@admin.register(HandEntry)
class HandEntryAdmin(admin.ModelAdmin):
    """Manual entries, and the pages on which numbers are looked up, added and removed."""

    when_empty = (
        "There is no manual entry. Numbers are looked up, added and removed on the page of that name."
    )
    list_display = ["number_link", "added_by", "added_at", "reason"]
    list_display_links = None
    list_filter = ["added_at"]
    list_select_related = ["added_by"]
    search_fields = ["number", "reason"]
    change_list_template = "admin/dnc/handentry/change_list.html"

    def has_change_permission(self, request: HttpRequest, obj: HandEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: HandEntry | None = None) -> bool:
        """A removal goes through the numbers page, which asks for the reason."""
        return False

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("numbers/", view(self.numbers), name="dnc_handentry_numbers"),
            path("number/", view(self.number), name="dnc_handentry_number"),
            path("export/", view(self.export), name="dnc_handentry_export"),
            *super().get_urls(),
        ]

    @admin.display(description="number", ordering="number")
    def number_link(self, entry: HandEntry) -> SafeString:
        return linked(entry.number)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:dnc_handentry_numbers"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The number's page shows all of it."""
        entry = self.get_object(request, object_id)
        if entry is None:
            raise Http404
        return HttpResponseRedirect(address_of(entry.number))

    def numbers(self, request: HttpRequest) -> HttpResponse:
        """Look up, add or remove the numbers of a form."""
        demand(request, OPERATIONS["look_up"])
        form = NumbersForm(request.POST) if request.method == "POST" else NumbersForm()
        answers: list[dict[str, Any]] = []
        if form.is_valid():
            asked, reason = form.cleaned_data["numbers"], form.cleaned_data["reason"]
            operation = form.cleaned_data["operation"] or "look_up"
            demand(request, OPERATIONS[operation])
            if operation != "look_up" and form.is_read_otherwise():
                text = "Nothing was changed yet. Below is how the numbers are read; press the button again."
                self.message_user(request, text, messages.WARNING)
                operation = "look_up"
            try:
                if operation == "add":
                    done = do_not_call_list.add(asked, request.user, reason)
                    self.message_user(request, f"{done:,} added by hand.", messages.SUCCESS)
                elif operation == "remove":
                    done = do_not_call_list.remove(asked, request.user, reason)
                    self.message_user(request, f"{done:,} removed.", messages.SUCCESS)
            except do_not_call_list.ListBusy as busy:
                self.message_user(request, str(busy), messages.ERROR)
            answers = look_up(form.written)
            form = NumbersForm(initial={"numbers": "\n".join(asked), "reason": reason})
        return page(
            request,
            "dnc/handentry/numbers.html",
            "Do Not Call numbers",
            opts=self.opts,
            form=form,
            results=answers,
            allowed=allowed(request),
        )

    def number(self, request: HttpRequest) -> HttpResponse:
        """All about one number: whether it is listed and why, its imports, what was removed, near misses."""
        demand(request, OPERATIONS["look_up"])
        try:
            number = clean_number(request.GET.get("number", ""))
        except BadNumber as bad:
            self.message_user(request, str(bad), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:dnc_handentry_numbers"))
        found = do_not_call_list.sources(number)
        imports = [source for source in found if isinstance(source, FileImport)]
        return page(
            request,
            "dnc/handentry/number.html",
            f"Do Not Call: {number}",
            opts=self.opts,
            number=number,
            is_whole=is_whole(number),
            entry=next((source for source in found if isinstance(source, HandEntry)), None),
            sources={batch.source: imports_of(batch) for batch in imports},
            removals=HandRemoval.objects.filter(number=number).select_related("removed_by"),
            near_misses=[linked(near_miss) for near_miss in near_misses.near_misses(number)],
            allowed=allowed(request),
        )

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """The whole list, one number a line."""
        demand(request, OPERATIONS["look_up"])
        lines = iter(do_not_call_list.iterate())
        chunks = iter(lambda: "".join(f"{line}\r\n" for line in islice(lines, LINES_A_CHUNK)), "")
        return StreamingHttpResponse(
            chunks,
            content_type="text/plain;charset=UTF-8",
            headers={"Content-Disposition": 'attachment; filename="do_not_call.txt"'},
        )


@admin.register(HandRemoval)
class HandRemovalAdmin(admin.ModelAdmin):
    when_empty = "There is no manual removal."
    list_display = ["number_link", "removed_by", "removed_at", "reason", "removed_from"]
    list_display_links = None
    list_filter = ["removed_at"]
    list_select_related = ["removed_by"]
    search_fields = ["number", "reason"]
    fields = ["number", "by", "removed_at", "reason", "removed_from"]
    readonly_fields = ["by"]

    @admin.display(description="number", ordering="number")
    def number_link(self, removal: HandRemoval) -> SafeString:
        return linked(removal.number)

    @admin.display(description="removed by", empty_value="–")
    def by(self, removal: HandRemoval) -> str | None:
        return removal.removed_by.get_username() if removal.removed_by else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: HandRemoval | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: HandRemoval | None = None) -> bool:
        return False


def allowed(request: HttpRequest) -> set[str]:
    return {name for name, permission in OPERATIONS.items() if request.user.has_perm(permission)}


def look_up(written: dict[str, str]) -> list[dict[str, Any]]:
    """What the list says of each number; `written`: by number, how the person wrote it."""
    listed = do_not_call_list.contains(written)
    alike = near_misses.nearly_listed(written.keys() - listed)
    return [
        {
            "written": text,
            "number": number,
            "link": linked(number),
            "listed": number in listed,
            "is_whole": is_whole(number),
            "alike": [linked(other) for other in sorted(alike.get(number, ()))],
        }
        for number, text in written.items()
    ]


def linked(number: str) -> SafeString:
    """The number as a link to its page."""
    return format_html('<a href="{}">{}</a>', address_of(number), number)


def address_of(number: str) -> str:
    return f"{reverse('admin:dnc_handentry_number')}?{urlencode({'number': number})}"


def imports_of(batch: FileImport) -> QuerySet[FileImport]:
    """The latest imports of the source that this one belongs to, newest first."""
    same = (
        FileImport.objects.filter(rule=batch.rule_id)
        if batch.rule_id
        else FileImport.objects.filter(pk=batch.pk)
    )
    return same[:IMPORTS_SHOWN]
