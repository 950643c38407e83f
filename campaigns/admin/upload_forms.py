from collections.abc import Iterator
from typing import Any

from django import forms

from campaigns.contact_columns import COLUMNS
from campaigns.list_files import DELIMITERS, ENCODINGS, is_sheet
from campaigns.models import Campaign, ImportJob
from campaigns.models.campaign import DuplicateRows
from campaigns.uploads import mapping_of


class UploadForm(forms.Form):
    campaign = forms.ModelChoiceField(Campaign.objects.active())
    file = forms.FileField(
        help_text="A list with a header line: CSV or other delimited text, Excel or OpenDocument. "
        "Nothing is imported before you have seen how it is read."
    )


class ReadingForm(forms.Form):
    """How a prepared file is read and imported; each column of the file has a field of its own."""

    encoding = forms.ChoiceField()
    delimiter = forms.ChoiceField(choices=[*DELIMITERS.items()])
    overwrite = forms.BooleanField(
        required=False, label="Replace the campaign's contacts", help_text="Otherwise the rows are added."
    )
    duplicate_rows = forms.ChoiceField(
        choices=DuplicateRows.choices,
        label="Rows that are there already",
        help_text="Holds for this campaign from now on, for imports over the API as well.",
    )
    bad_rows = forms.ChoiceField(
        choices=[
            ("refuse", "Refuse the whole file"),
            ("skip", "Leave bad rows out and hand them back as a file"),
        ],
        widget=forms.RadioSelect,
        initial="refuse",
        label="If rows are wrong",
    )

    def __init__(self, data: Any, *, job: ImportJob) -> None:
        self.job = job
        self.header = [name for name, _ in job.mapping]
        initial = {
            "encoding": job.encoding,
            "delimiter": job.delimiter,
            "overwrite": job.overwrite,
            "duplicate_rows": job.campaign.duplicate_rows,
        }
        super().__init__(data, initial=initial)
        encodings = sorted({*ENCODINGS, job.encoding})
        self.fields["encoding"].choices = [(name, name) for name in encodings]  # type: ignore[attr-defined]
        if is_sheet(job.file_name):
            del self.fields["encoding"], self.fields["delimiter"]
        columns = [("", "(left out)"), *((name, name) for name in COLUMNS)]
        for number, (name, column) in enumerate(job.mapping):
            self.fields[f"column{number}"] = forms.ChoiceField(
                choices=columns, required=False, label=name or "(no name)", initial=column
            )

    def columns(self) -> Iterator[forms.BoundField]:
        return (self[f"column{number}"] for number in range(len(self.header)))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [
            cleaned[f"column{number}"] for number in range(len(self.header)) if cleaned.get(f"column{number}")
        ]
        if twice := sorted({column for column in chosen if chosen.count(column) > 1}):
            raise forms.ValidationError(f"Chosen for more than one column of the file: {', '.join(twice)}.")
        return cleaned

    def save(self) -> bool:
        """Keep the choices with the job; False when they make another table of the file, to be looked at."""
        job, cleaned = self.job, self.cleaned_data
        how = (cleaned.get("encoding", job.encoding), cleaned.get("delimiter", job.delimiter))
        reread = how != (job.encoding, job.delimiter)
        job.encoding, job.delimiter = how
        job.overwrite = cleaned["overwrite"]
        if reread:
            job.mapping = mapping_of(job)
        else:
            chosen = (cleaned[f"column{number}"] for number in range(len(self.header)))
            job.mapping = list(zip(self.header, chosen, strict=True))
        job.save(update_fields=["encoding", "delimiter", "mapping", "overwrite"])
        if job.campaign.duplicate_rows != cleaned["duplicate_rows"]:
            job.campaign.duplicate_rows = cleaned["duplicate_rows"]
            job.campaign.save(update_fields=["duplicate_rows"])
        return not reread
