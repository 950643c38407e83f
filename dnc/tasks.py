from celery import shared_task
from django.db import transaction

from dnc import file_import, file_scan


@shared_task
def run_imports() -> None:
    file_import.run_waiting()


@shared_task
def scan_files() -> None:
    file_scan.find_grown_files()
    if file_scan.scan_rules():
        run_imports.delay()


@shared_task
def sweep_imports() -> None:
    """Ring again for imports that wait or that a lost worker left."""
    if file_import.is_work_left():
        run_imports.delay()


def ring() -> None:
    """Wake a worker when the transaction that queued an import has been committed."""
    transaction.on_commit(run_imports.delay)
