import gzip
import hashlib
import os
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest
from django.db import OperationalError
from django.utils import timezone

from dnc import file_contents, import_runner, number_storage
from dnc.do_not_call_list import add, contains, count
from dnc.file_paths import Fingerprint
from dnc.file_scan import begin_from_command, queue_rule
from dnc.import_runner import claim_next, reject_file, run, run_waiting
from dnc.models import FileImport, OddNumber, Page
from dnc.number_storage import clean_up, write_blocks
from outbound_site.core.jobs import JobState
from tests.factories import FileImportFactory, ImportRuleFactory

pytestmark = pytest.mark.django_db
A, B, C = "2225554444", "2225556666", "2225559999"


def import_rule_file(rule, contents):
    """Write the rule's file and import it as the scan would."""
    with open(rule.file_path, "w") as file:
        file.write(contents)
    batch = queue_rule(rule, Fingerprint.of(os.stat(rule.file_path)))
    run_waiting()
    batch.refresh_from_db()
    return batch


def test_an_import_leaves_a_row_that_says_what_came_of_it(import_file):
    import_file(f"{A}\n")

    contents = f"{A}\r\n {B} \n\n{B}\n*67#\n*67#\nx\n222-555-x\n{'1' * 21}\n"
    batch = import_file(contents)

    assert (batch.state, batch.message, batch.in_force) == ("succeeded", "", True)
    assert (batch.file_name, batch.size, batch.lines) == ("list.txt", len(contents), 9)
    assert batch.sha256 == hashlib.sha256(contents.encode()).hexdigest()
    assert (batch.added, batch.already_there, batch.rejected) == (2, 3, 3)
    assert batch.rejected_by_reason == {
        "character other than 0-9 # *": 2,
        "longer than 20 characters": 1,
    }
    assert batch.started_at <= batch.finished_at
    assert batch.file_outcome == "kept"


def test_rejected_lines_are_kept_with_number_and_reason(import_file):
    batch = import_file(f"{A}\n222\t555\n\n<b>x</b>\n")

    assert reject_file(batch.pk).read_text() == (
        "2\tthis is no number of US as it is dialed there; write others with a + and their country code"
        "\t222\\t555\n"
        "4\tcharacter other than 0-9 # *\t<b>x</b>\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_numbers_as_people_write_them_are_listed_by_their_digits(tmp_path, encoding):
    file = tmp_path / "list.txt"
    lines = [A, "(303) 555-0185", "+1 303 555\u20130186,12", "0044\u00a020 7946 0000", "tel:+1-303-555-0187"]
    file.write_text("\n".join(lines), encoding=encoding)
    run(batch := begin_from_command(file, overwrite=False))
    batch.refresh_from_db()

    listed = {A, "3035550185", "3035550186,12", "442079460000", "3035550187"}
    assert contains(listed) == listed
    assert (batch.added, batch.rejected) == (5, 0)


def test_digits_of_a_file_are_listed_as_they_stand(import_file):
    import_file("13035550185\n00442079460000\n")

    assert contains(["3035550185", "13035550185", "442079460000", "00442079460000"]) == {
        "13035550185",
        "00442079460000",
    }


def test_a_file_is_added_to_what_is_there(import_file):
    import_file(f"{A}\n*67#\n")
    import_file(f"{B}\n")

    assert contains([A, B, "*67#"]) == {A, B, "*67#"}


def test_overwrite_replaces_what_all_files_listed_and_leaves_what_people_added(import_file, alice):
    import_file(f"{A}\n*67#\n")
    import_file(f"{A}\n{B}\n")
    add(["2225550000"], alice, "asked us")

    batch = import_file(f"{C}\n", overwrite=True)

    assert contains([A, B, C, "*67#", "2225550000"]) == {C, "2225550000"}
    assert set(Page.objects.values_list("batch", flat=True)) == {batch.pk}
    assert not OddNumber.objects.exists()


@pytest.mark.parametrize("contents", ["", "\n", " \r\n\r\n"])
def test_a_blank_file_with_overwrite_clears_the_list(import_file, alice, contents):
    import_file(f"{A}\n*67#\n")
    add([B], alice, "asked us")

    import_file(contents, overwrite=True)

    assert contains([A, "*67#", B]) == {B}
    assert count() == 1


@pytest.mark.parametrize("contents", ["", "\n", " \r\n\r\n"])
def test_a_blank_file_without_overwrite_changes_nothing(import_file, contents):
    import_file(f"{A}\n*67#\n")

    assert import_file(contents).state == "succeeded"
    assert contains([A, "*67#"]) == {A, "*67#"}


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ("<html><body>Service unavailable</body></html>\n", "No line of the file is a telephone number."),
        (b"\x89PNG\r\n\x00\x00" * 9, "This is a binary file, not a text of one number a line."),
        (b"PK\x03\x04\x00\x00" * 9, "The zip file is damaged"),
        (gzip.compress(b"2225554444\n" * 99, mtime=0)[:30], "The gzip file is damaged"),
    ],
    ids=["a page of errors", "picture", "no zip", "cut gzip"],
)
def test_a_file_that_is_no_list_changes_nothing_even_with_overwrite(import_file, contents, message):
    import_file(f"{A}\n")

    batch = import_file(contents, overwrite=True)

    assert (batch.state, batch.in_force) == ("failed", False)
    assert batch.message.startswith(message)
    assert contains([A]) == {A}


@pytest.mark.parametrize(("bad", "state"), [(10_000, "succeeded"), (10_001, "failed")])
def test_ten_thousand_bad_lines_are_taken_and_one_more_fails_the_import(import_file, bad, state):
    batch = import_file(f"{A}\n*67#\n" + "bad\n" * bad)

    assert (batch.state, batch.rejected) == (state, bad)
    assert contains([A, "*67#"]) == ({A, "*67#"} if state == "succeeded" else set())
    assert reject_file(batch.pk).read_text().count("\n") == bad


def test_a_failed_import_leaves_no_numbers_behind(import_file, monkeypatch):
    monkeypatch.setattr(file_contents, "MAX_REJECTED", 0)

    import_file("*67#\nbad\n")

    assert not OddNumber.objects.exists()
    assert not FileImport.objects.filter(tidied=False).exists()


def test_a_file_that_changes_while_it_is_read_changes_nothing(tmp_path, monkeypatch):
    path = tmp_path / "list.txt"
    path.write_text(f"{A}\n")
    read = import_runner._read
    monkeypatch.setattr(import_runner, "_read", lambda *args: (read(*args), path.write_text("x" * 20))[0])
    batch = begin_from_command(path, overwrite=True)

    run(batch)

    assert (batch.state, batch.message) == ("failed", "The file changed while it was read.")
    assert contains([A]) == set()


def test_a_rule_that_appends_again_keeps_one_row_a_block(root):
    rule = ImportRuleFactory()
    import_rule_file(rule, f"{A}\n*67#\n")
    import_rule_file(rule, f"2225550000\n{A}\n*67#\n")

    import_rule_file(rule, "2225550001\n3335550001\n")

    numbers = {A, "2225550000", "2225550001", "3335550001", "*67#"}
    assert contains(numbers) == numbers
    assert (Page.objects.count(), OddNumber.objects.count()) == (2, 1)


def test_the_numbers_of_a_deleted_rule_stay(root):
    rule = ImportRuleFactory(name="registry")
    batch = import_rule_file(rule, f"{A}\n")
    rule.delete()
    batch.refresh_from_db()

    assert contains([A]) == {A}
    assert (batch.rule, batch.source) == (None, "rule registry")


# One import at a time, and again after a lost worker


def test_a_second_import_waits_while_one_is_running(tmp_path):
    (tmp_path / "list.txt").write_text(f"{A}\n")
    first, second = FileImportFactory(), FileImportFactory()

    claimed = claim_next()
    assert claimed == first
    assert claim_next() is None
    assert begin_from_command(tmp_path / "list.txt", overwrite=False) is None
    assert FileImport.objects.count() == 2
    claimed.finish(JobState.SUCCEEDED)
    assert claim_next() == second


def test_the_import_of_a_lost_worker_comes_before_those_that_wait():
    FileImportFactory()
    lost = FileImportFactory(
        state=JobState.RUNNING, token=uuid4(), lease_until=timezone.now() - timedelta(seconds=1)
    )

    assert claim_next() == lost


def test_an_attempt_begins_by_discarding_what_a_lost_worker_wrote(import_file, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(f"{A}\n*67#\n")
    batch = begin_from_command(path, overwrite=False)
    write_blocks(batch, [np.array([12225556666], dtype=np.uint64)], lambda written: None)
    OddNumber.objects.create(batch=batch, number="*99")

    run(batch)

    assert contains([A, "*67#", B, "*99"]) == {A, "*67#"}


def test_a_worker_that_lost_its_lease_writes_nothing_more(tmp_path, monkeypatch):
    path = tmp_path / "list.txt"
    path.write_text(f"{A}\n")
    batch = begin_from_command(path, overwrite=False)
    FileImport.objects.update(token=uuid4())

    run(batch)

    stored = FileImport.objects.get()
    assert (stored.state, stored.in_force, Page.objects.count()) == ("running", False, 0)


@pytest.mark.parametrize("failing", ["write_blocks", "rename_or_delete"])
def test_an_import_waits_for_its_next_turn_when_the_database_is_away(tmp_path, monkeypatch, failing):
    path = tmp_path / "list.txt"
    path.write_text(f"{A}\n")
    batch = begin_from_command(path, overwrite=False)

    def away(*args):
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as patch:
        patch.setattr(import_runner, failing, away)
        with pytest.raises(OperationalError):
            run(batch)
    FileImport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run_waiting()

    batch.refresh_from_db()
    assert (batch.state, batch.attempts) == ("succeeded", 2)
    assert contains([A]) == {A}


def test_an_error_of_ours_fails_the_import_and_stops_no_other(tmp_path, monkeypatch):
    path = tmp_path / "list.txt"
    path.write_text(f"{A}\n")
    batch = begin_from_command(path, overwrite=False)
    monkeypatch.setattr(import_runner, "write_blocks", lambda *args: 1 / 0)

    run(batch)

    assert (batch.state, batch.message) == ("failed", "An error in the server; its log says more.")


def test_cleanup_goes_in_steps(import_file, monkeypatch):
    monkeypatch.setattr(number_storage, "ROWS_A_STEP", 2)
    import_file("\n".join(f"{n}0000\n{n}#" for n in range(100, 107)))

    import_file(f"{A}\n", overwrite=True)

    assert (Page.objects.count(), OddNumber.objects.count()) == (1, 0)


def test_writing_breathes_between_steps(import_file, monkeypatch):
    monkeypatch.setattr(number_storage, "ROWS_A_STEP", 2)
    pauses = []
    monkeypatch.setattr(number_storage.time, "sleep", pauses.append)

    import_file("\n".join(f"{n}0000" for n in range(100, 107)))

    assert len(pauses) == 4


# The file afterwards


def test_the_file_is_renamed_to_its_name_and_the_utc_time(root, time_machine):
    time_machine.move_to("2031-02-03T04:05:06Z", tick=False)
    rule = ImportRuleFactory(name="registry")

    batch = import_rule_file(rule, f"{A}\n")

    assert batch.file_outcome == "renamed"
    assert [path.name for path in root.iterdir()] == ["registry.txt.20310203T040506.000000Z"]


def test_the_file_is_deleted_when_the_rule_says_so(root):
    batch = import_rule_file(ImportRuleFactory(rename_file_after_import=False), f"{A}\n")

    assert batch.file_outcome == "deleted"
    assert list(root.iterdir()) == []


def test_the_file_of_a_failed_import_stays(root):
    rule = ImportRuleFactory(name="registry")

    assert import_rule_file(rule, "not a number\n").state == "failed"
    assert [path.name for path in root.iterdir()] == ["registry.txt"]


def test_a_file_put_in_place_of_the_imported_one_stays(root, monkeypatch):
    rule = ImportRuleFactory(name="registry")
    rename_or_delete = import_runner.rename_or_delete

    def replaced_just_before(batch):
        (root / "registry.txt").write_text(f"{B}\n{C}\n")
        return rename_or_delete(batch)

    monkeypatch.setattr(import_runner, "rename_or_delete", replaced_just_before)

    assert import_rule_file(rule, f"{A}\n").file_outcome == "replaced"
    assert (root / "registry.txt").read_text() == f"{B}\n{C}\n"


def test_a_rename_that_a_lost_worker_did_is_not_done_again(root, monkeypatch):
    rule = ImportRuleFactory(name="registry")
    with monkeypatch.context() as patch:
        rename_or_delete = import_runner.rename_or_delete

        def killed_after(batch):
            rename_or_delete(batch)
            raise OperationalError("killed")

        patch.setattr(import_runner, "rename_or_delete", killed_after)
        with pytest.raises(OperationalError):
            import_rule_file(rule, f"{A}\n")
    (root / "registry.txt").write_text(f"{B}\n")
    FileImport.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    run_waiting()

    assert FileImport.objects.get().file_outcome == "renamed"
    assert (root / "registry.txt").read_text() == f"{B}\n"
    assert contains([A, B]) == {A}


def test_a_file_that_cannot_be_renamed_is_shown_and_its_content_not_imported_again(root, time_machine):
    time_machine.move_to("2031-02-03T04:05:06Z", tick=False)
    rule = ImportRuleFactory(name="registry")
    (root / "registry.txt.20310203T040506.000000Z").write_text("in the way")

    first = import_rule_file(rule, f"{A}\n")
    blocks = list(Page.objects.all())
    second = import_rule_file(rule, f"{A}\n")

    assert (first.file_outcome, first.in_force) == ("left", True)
    assert first.file_problem == "The file could not be renamed: registry.txt.20310203T040506.000000Z exists"
    assert second.message == "The file's content is in the list already; it was not imported again."
    assert (second.file_outcome, second.in_force, list(Page.objects.all())) == ("left", False, blocks)
    assert (root / "registry.txt.20310203T040506.000000Z").read_text() == "in the way"


def test_cleanup_is_asked_for_again_when_its_worker_was_lost(import_file, time_machine):
    batch = import_file(f"{A}\n")
    FileImport.objects.update(tidied=False, in_force=False)
    assert not import_runner.is_work_left()
    time_machine.move_to(timezone.now() + timedelta(minutes=6))
    assert import_runner.is_work_left()

    clean_up()

    assert not batch.blocks.exists()
    assert not import_runner.is_work_left()
