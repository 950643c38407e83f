from collections.abc import Iterable

from django.http import HttpResponse


def template_answer(file_name: str, columns: Iterable[str], sample: Iterable[str]) -> HttpResponse:
    """The CSV template of a bulk import: header and one row (docs/wire-format.md 12: no byte-order mark)."""
    content = "".join(",".join(line) + "\n" for line in (columns, sample))
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )
