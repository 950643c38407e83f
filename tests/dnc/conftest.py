import pytest

from dnc.file_scan import begin_from_command
from dnc.import_runner import run
from dnc.number_storage import clean_up


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    """The directory that the rules' files may lie in."""
    root = tmp_path / "dnc"
    root.mkdir()
    settings.DNC_ROOTS = [root]
    settings.DNC_SHARES = {"\\\\CCE-ROGGER-A\\C$": str(root)}
    settings.DNC_SETTLE_SECONDS = settings.DNC_SCAN_SECONDS
    settings.DNC_WORK_DIR = tmp_path / "work"
    return root


@pytest.fixture
def import_file(db, tmp_path):
    """Import a file of these contents: `import_file("2225554444\\n", overwrite=True)`."""

    def import_file(contents, overwrite=False, name="list.txt"):
        path = tmp_path / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        batch = begin_from_command(path, overwrite)
        run(batch)
        clean_up()
        batch.refresh_from_db()
        return batch

    return import_file
