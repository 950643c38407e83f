from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as ConsoleTable

from campaigns.contact_file_import import CONTACTS
from campaigns.contact_import import COLUMNS, HEADINGS, check_columns
from campaigns.models import Campaign
from campaigns.near_misses import count_for, in_words
from campaigns.resumable_import import open_job, store_steps
from outbound_site.imports.bulk_requests import QueueFull
from outbound_site.imports.encodings import sample_of
from outbound_site.imports.files import DELIMITERS, TextFormat, detect
from outbound_site.imports.headings import repeated, suggest_columns
from outbound_site.imports.list_files import (
    BadRows,
    ImportedAlready,
    ListFile,
    NothingLeft,
    check,
    write_rejects,
)
from outbound_site.imports.row_errors import RowErrors
from outbound_site.imports.rows import Unreadable
from outbound_site.unifiedconfig.errors import ApiError

SHOWN_ERRORS = 20


class Command(BaseCommand):
    help = (
        "Imports a file of contacts of any size into a campaign. Run it again after an interruption: it goes "
        "on where it stopped, and no row is stored twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("campaign", help="id or name of the campaign")
        parser.add_argument("file", type=Path, help="text with a header line (.csv, .txt) or a spreadsheet")
        parser.add_argument("--encoding", help="of a text file; recognised when not given")
        parser.add_argument("--delimiter", choices=[*DELIMITERS], help="recognised when not given")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="NAME=COLUMN",
            help="a name in the file's header and the column it is: --column 'Mobile=Phone01'",
        )
        parser.add_argument("--overwrite", action="store_true", help="replace the campaign's contacts")
        parser.add_argument(
            "--empty-list", action="store_true", help="with --overwrite: even if no row of the file is stored"
        )
        parser.add_argument("--skip-bad-rows", action="store_true", help="leave bad rows out, not the file")
        parser.add_argument("--rejects", type=Path, help="where to write the bad rows, as CSV")
        parser.add_argument("--again", action="store_true", help="even if this file was imported before")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console()
        campaign = find_campaign(options["campaign"])
        try:
            self.import_list(console, campaign, open_list(options), options)
        except BadRows as refused:
            show_errors(console, refused.errors)
            raise CommandError(f"{refused}; nothing more was stored") from None
        except NothingLeft as nothing:
            raise CommandError(
                f"{nothing}; nothing was stored. --overwrite --empty-list empties the list"
            ) from None
        except (Unreadable, ImportedAlready, QueueFull, ApiError, Campaign.DoesNotExist) as error:
            raise CommandError(str(error)) from None

    def import_list(
        self, console: Console, campaign: Campaign, file: ListFile, options: dict[str, Any]
    ) -> None:
        show_reading(console, file)
        check_columns(file.columns)
        with console.status("Checking …"):
            count, errors = check(CONTACTS, file)
        if options["rejects"] and errors:
            with options["rejects"].open("w", encoding="utf-8", newline="") as target:
                write_rejects(file, errors, target)
        if errors and not options["skip_bad_rows"]:
            raise BadRows(errors)
        if count == len(errors.lines) and not (options["overwrite"] and options["empty_list"]):
            raise NothingLeft(count)
        job = open_job(campaign, file, overwrite=options["overwrite"], again=options["again"])
        columns = [TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()]
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("", total=count, completed=job.lines_done)
            for done in store_steps(job, file):
                progress.update(bar, completed=done)
        show_errors(console, errors)
        console.print(
            f"{job.rows_stored} contacts stored in {campaign}, {job.rows_bad} bad rows left out, "
            f"{job.rows_duplicate} duplicates skipped; zones: {job.phones_by_row} phones by row, "
            f"{job.phones_by_prefix} by region prefix, {job.phones_by_campaign} the campaign's.",
            highlight=False,
        )
        count_for(job)
        console.print(in_words(job.near_misses), highlight=False)


def find_campaign(text: str) -> Campaign:
    campaigns = Campaign.objects.active().select_related("time_zone")
    by_id = campaigns.filter(pk=int(text)) if text.isascii() and text.isdigit() else campaigns.none()
    campaign: Campaign | None = by_id.first() or campaigns.filter(name__iexact=text).first()
    if campaign is None:
        raise CommandError(f"There is no campaign {text}")
    return campaign


def open_list(options: dict[str, Any]) -> ListFile:
    """Raises CommandError and Unreadable."""
    path = options["file"]
    try:
        with path.open("rb") as file:
            found = detect(sample_of(file), path.name)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    how = TextFormat(options["encoding"] or found.encoding, options["delimiter"] or found.delimiter)
    named = [pair.partition("=")[::2] for pair in options["column"]]
    columns = suggest_columns(ListFile(path, path.name, how).header(), named, COLUMNS, HEADINGS)
    return ListFile(path, path.name, how, columns)


def show_reading(console: Console, file: ListFile) -> None:
    """How the file is read: its encoding, and each of its columns."""
    console.print(f"{file.name}: {file.text_format}", markup=False, highlight=False)
    header = file.header()
    table = ConsoleTable("Column of the file", "Read as")
    for name, column in zip(header, file.columns, strict=True):
        table.add_row(plain(name) or "(no name)", column or "left out")
    console.print(table, markup=False)
    for name in repeated(header):
        text = f"“{plain(name)}” heads more than one column; --column takes them in their order"
        console.print(text, markup=False, highlight=False)


def show_errors(console: Console, errors: RowErrors) -> None:
    if not errors:
        return
    table = ConsoleTable("Line", "Column", "Value", "What is wrong", title=f"{len(errors.lines)} bad rows")
    for error in sorted(errors)[:SHOWN_ERRORS]:
        table.add_row(str(error.line), error.column, plain(error.value), error.message)
    console.print(table, markup=False)


def plain(text: str) -> str:
    """As a terminal can show it."""
    return text[:40].encode("utf-8", "replace").decode()
