from collections.abc import Iterator
from typing import Any

from django import forms

from outbound_site.imports.encodings import ENCODINGS, in_words
from outbound_site.imports.files import DELIMITERS
from outbound_site.imports.list_files import ListKind
from outbound_site.imports.list_import import ListImport
from outbound_site.imports.sheets import is_sheet
from outbound_site.imports.uploads import mapping_of


class UploadForm(forms.Form):
    file = forms.FileField(
        help_text="A list with a header line: CSV or other delimited text, Excel or OpenDocument. "
        "Nothing is imported before you have seen how it is read."
    )


class ReadingForm(forms.Form):
    """How a prepared file is read and imported; each column of the file has a field of its own."""

    # The fields about what happens to the rows, in their order on the page.
    ABOUT_ROWS = ["bad_rows", "overwrite", "may_empty"]

    encoding = forms.ChoiceField()
    delimiter = forms.ChoiceField(choices=[*DELIMITERS.items()])
    overwrite = forms.BooleanField(required=False, help_text="Otherwise the rows are added.")
    may_empty = forms.BooleanField(required=False)
    bad_rows = forms.ChoiceField(
        choices=[
            ("refuse", "Refuse the whole file"),
            ("skip", "Leave bad rows out and hand them back as a file"),
        ],
        widget=forms.RadioSelect,
        initial="refuse",
        label="If rows are wrong",
    )

    def __init__(self, data: Any, *, kind: ListKind, job: ListImport, may_overwrite: bool) -> None:
        self.kind, self.job = kind, job
        self.header = [name for name, _ in job.mapping]
        shown = {"encoding": job.encoding, "delimiter": job.delimiter, "overwrite": job.overwrite}
        super().__init__(data, initial=shown)
        self.fields["overwrite"].label = f"Replace the {kind.noun} of {job.target}"
        self.fields["may_empty"].label = f"Empty the list: delete the {kind.noun} of {job.target}"
        self.offers_emptying = False
        if not may_overwrite:
            del self.fields["overwrite"], self.fields["may_empty"]
        encodings = ENCODINGS | {job.encoding: in_words(job.encoding)}
        self.fields["encoding"].choices = [*encodings.items()]  # type: ignore[attr-defined]
        if is_sheet(job.file_name):
            del self.fields["encoding"], self.fields["delimiter"]
        columns = [("", "(left out)"), *((name, name) for name in kind.columns)]
        for number, (name, column) in enumerate(job.mapping):
            self.fields[f"column{number}"] = forms.ChoiceField(
                choices=columns, required=False, label=name or "(no name)", initial=column
            )

    def columns(self) -> Iterator[forms.BoundField]:
        return (self[f"column{number}"] for number in range(len(self.header)))

    def about_rows(self) -> Iterator[forms.BoundField]:
        """That the list may become empty is not asked before the file was found to be so."""
        hidden = set() if self.offers_emptying else {"may_empty"}
        return (self[name] for name in self.ABOUT_ROWS if name in self.fields and name not in hidden)

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
        job.overwrite = cleaned.get("overwrite", False)
        if reread:
            job.mapping = mapping_of(self.kind, job)
        else:
            chosen = (cleaned[f"column{number}"] for number in range(len(self.header)))
            job.mapping = list(zip(self.header, chosen, strict=True))
        job.save(update_fields=["encoding", "delimiter", "mapping", "overwrite"])
        return not reread
