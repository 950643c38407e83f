from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils import timezone

from outbound_site.core.phone_numbers import Unclear, digits_of
from outbound_site.core.server_time import to_utc, to_wall


class ServerTimeField(forms.DateTimeField):
    """An instant, written and read as the server's clock shows it (outbound_site/core/server_time.py)."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M:%S", attrs={"type": "datetime-local", "step": "1"})

    def prepare_value(self, value: Any) -> Any:
        return to_wall(value) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(UTC):  # Only to_utc knows the rule for changes of clocks.
            read = super().to_python(value)
        try:
            return read and to_utc(read.replace(tzinfo=None, microsecond=0))
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], "invalid") from None


class WrittenNumberField(forms.CharField):
    """A phone number as people write it; its value is in digits. The model's field limits their length."""

    widget = AdminTextInputWidget

    def to_python(self, value: Any) -> str:
        try:
            return digits_of(super().to_python(value) or "", to_call=True)
        except Unclear as unclear:
            raise forms.ValidationError(f"This field contains invalid characters: {unclear}") from None
