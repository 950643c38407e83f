from celery import shared_task

from dnc import file_scan, import_runner


@shared_task
def run_imports() -> None:
    import_runner.run_waiting()


@shared_task
def scan_files() -> None:
    file_scan.find_grown_files()
    if file_scan.scan_rules():
        run_imports.delay()


@shared_task
def sweep_imports() -> None:
    """Wake a worker again for imports that wait or that a lost worker left."""
    if import_runner.is_work_left():
        run_imports.delay()
