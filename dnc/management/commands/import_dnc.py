import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.live import Live
from rich.progress import Progress
from rich.progress_bar import ProgressBar
from rich.table import Table

from dnc import near_misses
from dnc.file_contents import Contents
from dnc.file_scan import begin_from_command
from dnc.file_text import HashedFile, Unreadable
from dnc.import_runner import reject_file, run
from dnc.models import FileImport
from dnc.number_storage import clean_up
from dnc.sorted_chunks import SortedChunks
from outbound_site.core.jobs import JobState


class Command(BaseCommand):
    help = "Import a Do Not Call file. The file stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--overwrite", action="store_true", help="replace what all files have listed")
        parser.add_argument("--dry-run", action="store_true", help="read and check the file, change nothing")

    def handle(self, *args: Any, file: Path, overwrite: bool, dry_run: bool, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        console = Console(file=self.stdout)  # type: ignore[arg-type]
        try:
            layout, counts = _examine(file, console) if dry_run else _import(file, overwrite, console)
        except (Unreadable, OSError) as error:
            raise CommandError(f"Nothing was imported: {error}") from error
        result = "checked, nothing changed" if dry_run else "active"
        table = Table("", "lines", title=f"{file.name}: {result}, read as {layout or 'a blank file'}")
        for name, number in counts.items():
            table.add_row(name, f"{number:,}")
        console.print(table)


def _examine(file: Path, console: Console) -> tuple[str, dict[str, int]]:
    with (
        tempfile.TemporaryDirectory() as directory,
        file.open("rb", buffering=0) as opened,
        tempfile.TemporaryFile("w") as rejects,
        Progress(console=console, transient=True) as progress,
    ):
        hashed = HashedFile(opened)
        contents = Contents(SortedChunks(Path(directory)), rejects)
        bar = progress.add_task("reading", total=file.stat().st_size)
        contents.read(
            hashed, lambda rejected: None, lambda: progress.update(bar, completed=hashed.done_bytes)
        )
    counts = {"read": contents.lines, "numbers": contents.numbers}
    return contents.layout, counts | _rejected(contents.rejected)


def _import(file: Path, overwrite: bool, console: Console) -> tuple[str, dict[str, int]]:
    batch = begin_from_command(file, overwrite)
    if batch is None:
        raise CommandError("Another import is running. Try again when it has ended.")
    with Live(get_renderable=lambda: _progress(batch), console=console, transient=True):
        run(batch)
        clean_up()
    batch.refresh_from_db()
    if batch.state != JobState.SUCCEEDED:
        bad = f" Its bad lines are in {reject_file(batch.pk)}." if batch.rejected else ""
        raise CommandError(f"Nothing was imported: {batch.message or 'another worker took over'}{bad}")
    batch.near_misses = near_misses.count()
    batch.save(update_fields=["near_misses"])
    counts = {"read": batch.lines, "added": batch.added, "already there": batch.already_there}
    missed = {"contacts listed in another form only": batch.near_misses} if batch.near_misses else {}
    return batch.layout, counts | _rejected(batch.rejected_by_reason) | missed


def _progress(batch: FileImport) -> Table:
    row = Table.grid(padding=(0, 1))
    row.add_row(
        batch.phase or "ending",
        ProgressBar(max(batch.total, 1), batch.done, width=40),
        f"{batch.lines:,} lines",
    )
    return row


def _rejected(reasons: dict[str, int]) -> dict[str, int]:
    return {f"rejected: {reason}": number for reason, number in reasons.items()}
