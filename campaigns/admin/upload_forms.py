from typing import Any

from django import forms

from campaigns.models import Campaign
from campaigns.models.campaign import DuplicateRows
from outbound_site.bulk.upload_forms import ReadingForm, UploadForm


class ContactUploadForm(UploadForm):
    field_order = ["campaign", "file"]

    campaign = forms.ModelChoiceField(Campaign.objects.active())


class ContactReadingForm(ReadingForm):
    ABOUT_ROWS = ["bad_rows", "duplicate_rows", "overwrite"]

    duplicate_rows = forms.ChoiceField(
        choices=DuplicateRows.choices,
        label="Rows that are there already",
        help_text="Holds for this campaign from now on, for imports over the API as well.",
    )

    def initial_of(self, job: Any) -> dict[str, Any]:
        return super().initial_of(job) | {"duplicate_rows": job.campaign.duplicate_rows}

    def save(self) -> bool:
        unchanged = super().save()
        campaign: Campaign = self.job.campaign  # type: ignore[attr-defined]
        if campaign.duplicate_rows != self.cleaned_data["duplicate_rows"]:
            campaign.duplicate_rows = self.cleaned_data["duplicate_rows"]
            campaign.save(update_fields=["duplicate_rows"])
        return unchanged
