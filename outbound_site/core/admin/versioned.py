"""Forms whose last checks fall while storing: a stale version, or a race that the database ends."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse

from outbound_site.core.admin.history import HistoryAdmin
from outbound_site.core.errors import STALE
from outbound_site.core.versions import claim_version

STALE_FORM = (
    "Somebody else changed this while you had it open, so nothing of yours was stored. "
    "Open it again to see the present values, then repeat your change."
)


class VersionedForm(forms.ModelForm):
    """Carries the version that it shows; `refusal` is why storing it failed."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    refusal: ValidationError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.change_stamp

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal is not None:
            for name, message in field_messages(self.refusal):
                self.add_error(name if name in self.fields else None, message)
        return cleaned


def field_messages(refusal: ValidationError) -> list[tuple[str, str]]:
    """A refusal in words for people, as (field, message) pairs; items that stand in the way are named."""
    by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: [refusal]}
    return [
        (name, message_of(error))
        for name, errors in by_field.items()
        for e in errors
        for error in e.error_list
    ]


def message_of(error: ValidationError) -> str:
    if error.code == STALE:
        return STALE_FORM
    references = (error.params or {}).get("detail", {}).get("references", {}).get("reference", [])
    names = ", ".join(reference["name"] for reference in references)
    return f"{error.messages[0]}: {names}." if names else f"{error.messages[0]}"


class VersionedAdmin(HistoryAdmin):
    """A change is refused when the row is no longer in the version that the form showed.

    `version` belongs into the fields of the form.
    """

    form = VersionedForm

    def version(self, item: Any) -> int:
        return item.change_stamp

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Shows the form again with its error when storing it failed; what was stored is rolled back."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            claim_version(type(obj).objects.active().filter(pk=obj.pk), form.cleaned_data["version"])
            obj.change_stamp = form.cleaned_data["version"] + 1
        try:
            with transaction.atomic():
                super().save_model(request, obj, form, change)
        except IntegrityError:
            # Another transaction took the name after the form was checked.
            obj.validate_constraints()
            raise
