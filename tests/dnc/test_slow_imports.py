"""Files that are slow to read or unpack to much: they end by themselves and stop no other."""

import gzip
import io
import random
import time
import zipfile
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dnc import import_runner
from dnc.do_not_call_list import contains
from dnc.file_scan import queue_upload
from dnc.import_runner import claim_next, run_waiting
from dnc.models import FileImport
from outbound_site.core.jobs import JobState
from tests.factories import FileImportFactory

pytestmark = pytest.mark.django_db
A, B, C = "2225554444", "2225556666", "2225559999"


def blank_lines(megabytes):
    return gzip.compress(b"\n" * (megabytes << 20), compresslevel=1)


def zip_of(contents):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.txt", contents)
    return target.getvalue()


@pytest.fixture
def upload(alice):
    def upload(contents, overwrite=False):
        return queue_upload(SimpleUploadedFile("list.txt", contents), overwrite, alice)

    return upload


@pytest.fixture
def slow(monkeypatch):
    """Contents that take too long to read, on a clock that counts how often it is asked."""
    monkeypatch.setattr(import_runner, "time", SimpleNamespace(monotonic=count().__next__))
    monkeypatch.setattr(import_runner, "READING_SECONDS", 20)
    monkeypatch.setattr(import_runner, "RENEW_SECONDS", 0)
    return b"".join(b"222%07d\n" % n for n in range(0, 3_000_000, 2)) + A.encode()


@pytest.mark.parametrize(
    "contents",
    [blank_lines(40), zip_of("\n" * (40 << 20)), gzip.compress(gzip.compress(b"\n" * (40 << 20)))],
    ids=["gzip", "zip", "gzip in gzip"],
)
def test_a_small_file_that_unpacks_to_much_is_refused_soon(import_file, contents):
    import_file(f"{A}\n")
    begun = time.monotonic()

    batch = import_file(contents, overwrite=True)

    assert batch.state == "failed"
    assert "times its size" in batch.message or "more than once" in batch.message
    assert time.monotonic() - begun < 20
    assert contains([A]) == {A}


def test_the_limit_of_the_unpacked_size_counts_all_files_of_a_zip(import_file, settings):
    settings.DNC_MAX_UNPACKED_BYTES = 1 << 20
    numbers = random.Random(3).choices(range(2_000_000_000, 9_999_999_999), k=60_000)
    text = "\n".join(map(str, numbers))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", text)
        archive.writestr("b.txt", text)

    assert import_file(zip_of(text)).state == "succeeded"
    assert import_file(target.getvalue()).message == (
        "The file unpacks to more than 1,048,576 bytes (DNC_MAX_UNPACKED_BYTES)."
    )


def test_a_list_without_gaps_is_not_taken_for_a_bomb(import_file):
    text = "".join(f"222,{n:07}\n" for n in range(2_000_000))

    assert import_file(gzip.compress(text.encode())).added == 2_000_000


def test_reading_ends_after_the_time_that_the_setting_allows(import_file, settings, slow):
    settings.DNC_READ_MINUTES = 1

    assert import_file(slow).message == "Reading took longer than 1 minutes (DNC_READ_MINUTES)."


def test_a_slow_file_lets_those_that_wait_go_first(upload, slow):
    slow_one, others = upload(slow), [upload(f"{n}".encode()) for n in (B, C)]

    run_waiting()

    ended = FileImport.objects.order_by("finished_at").values_list("pk", "state")
    assert list(ended) == [(batch.pk, "succeeded") for batch in [*others, slow_one]]
    slow_one.refresh_from_db()
    assert slow_one.attempts >= 2
    assert contains([A, B, C, "2222999998"]) == {A, B, C, "2222999998"}


def test_a_slow_file_that_replaces_the_list_keeps_what_overtook_it(upload, import_file, slow):
    import_file("3035550100\n")
    upload(slow, overwrite=True)
    upload(B.encode())

    run_waiting()

    assert contains(["3035550100", A, B]) == {A, B}


def test_a_slow_file_overtaken_by_one_that_replaces_the_list_is_left_out(upload, slow):
    slow_one = upload(slow)
    upload(B.encode(), overwrite=True)

    run_waiting()

    slow_one.refresh_from_db()
    assert (slow_one.state, slow_one.in_force) == ("succeeded", False)
    assert slow_one.message.startswith("A file asked for later has replaced the list already")
    assert contains([A, B]) == {B}


def test_an_import_whose_reading_hangs_in_this_process_is_left_to_hang(monkeypatch):
    lapsed = {"token": uuid4(), "lease_until": timezone.now() - timedelta(seconds=1)}
    hanging = FileImportFactory(state=JobState.RUNNING, **lapsed)
    waiting = FileImportFactory()
    monkeypatch.setattr(import_runner, "_at_work", {hanging.pk})

    claimed = claim_next()
    assert claimed == waiting
    claimed.finish(JobState.SUCCEEDED)
    assert claim_next() is None
    import_runner._at_work.clear()
    assert claim_next() == hanging


def test_an_import_is_at_work_while_it_runs(upload, monkeypatch):
    seen = []
    read = import_runner._read
    monkeypatch.setattr(
        import_runner, "_read", lambda *args: (seen.append(set(import_runner._at_work)), read(*args))[1]
    )
    batch = upload(A.encode())

    run_waiting()

    assert (seen, import_runner._at_work) == ([{batch.pk}], set())
