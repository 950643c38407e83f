from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dnc.do_not_call_list import contains
from dnc.file_scan import find_grown_files, queue_upload, scan_rules
from dnc.import_rules import create_rule
from dnc.import_runner import run_waiting
from dnc.models import FileImport, ImportRule
from dnc.tasks import scan_files
from tests.factories import ImportRuleFactory

pytestmark = pytest.mark.django_db
A, B = "2225554444", "2225556666"


@pytest.fixture
def rule(root, time_machine):
    time_machine.move_to("2031-02-03T04:05:00Z", tick=False)
    return ImportRuleFactory(name="registry")


@pytest.fixture
def drop(root):
    def drop(contents):
        (root / "registry.txt").write_text(contents)

    return drop


@pytest.fixture
def look(settings, time_machine):
    """Let an interval pass, then look; how many imports were asked for in all."""

    def look(seconds=None):
        time_machine.shift(timedelta(seconds=seconds or settings.DNC_SCAN_SECONDS))
        scan_rules()
        return FileImport.objects.count()

    return look


def test_a_file_is_taken_when_it_has_stood_still_for_one_interval(rule, drop, look):
    drop(f"{A}\n")

    assert [look(), look()] == [0, 1]
    batch = FileImport.objects.get()
    assert (batch.rule, batch.file_name, batch.state) == (rule, "registry.txt", "queued")


def test_a_growing_file_is_not_taken(rule, drop, look):
    for size in range(1, 6):
        drop(f"{A}\n" * size)
        assert look() == 0

    assert look() == 1


def test_a_file_stands_still_as_long_as_the_setting_says_however_often_it_is_looked_at(
    rule, drop, look, settings
):
    settings.DNC_SETTLE_SECONDS = 300
    drop(f"{A}\n")

    assert [look() for _ in range(5)] == [0, 0, 0, 0, 0]
    drop(f"{A}\n{B}\n")
    assert [look() for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_a_file_that_changes_while_its_import_waits_is_imported_when_it_has_stood_still(rule, drop, look):
    drop(f"{A}\n")
    look(), look()
    drop(f"{A}\n{B}\n")
    run_waiting()

    batch = FileImport.objects.get()
    assert (batch.state, contains([A, B])) == ("failed", set())
    assert batch.message.startswith("The file changed before it was read.")
    assert [look(), look()] == [1, 2]
    run_waiting()
    assert contains([A, B]) == {A, B}


def test_a_renamed_file_whose_writer_goes_on_is_marked(rule, drop, look, root):
    drop(f"{A}\n")
    look(), look()
    with (root / "registry.txt").open("a") as writer:
        run_waiting()
        scan_files()
        assert FileImport.objects.get().grown_at is None
        writer.write(f"{B}\n")
    scan_files()

    batch = FileImport.objects.get()
    assert batch.grown_at is not None
    assert batch.file_problem == (
        f"The file was written to after its import; what it gained is not in the list: {batch.new_name}"
    )


def test_a_renamed_file_that_is_gone_is_no_problem(rule, drop, look, root):
    drop(f"{A}\n")
    look(), look()
    run_waiting()
    (root / FileImport.objects.get().new_name).unlink()

    find_grown_files()

    assert FileImport.objects.get().grown_at is None


def test_a_look_before_the_interval_has_passed_takes_nothing(rule, drop, look):
    drop(f"{A}\n")

    assert [look(5), look(5), look(40), look(15)] == [0, 0, 0, 1]


def test_a_rule_without_a_file_asks_for_nothing(rule, look):
    assert [look(), look()] == [0, 0]


def test_a_file_that_waits_for_its_import_is_asked_for_once(rule, drop, look):
    drop(f"{A}\n")

    assert [look(), look(), look(), look(), look()] == [0, 1, 1, 1, 1]


def test_a_failed_file_is_not_tried_again_until_it_changes(rule, drop, look):
    drop("not a number\n")
    look(), look()
    run_waiting()

    assert [look(), look(), look()] == [1, 1, 1]
    drop(f"{A}\n{B}\n")
    assert [look(), look()] == [1, 2]


def test_a_file_that_could_not_be_renamed_is_not_tried_again(rule, drop, look, root):
    (root / "registry.txt.20310203T040700.000000Z").write_text("in the way")
    drop(f"{A}\n")
    look(), look()
    run_waiting()

    assert FileImport.objects.get().file_outcome == "left"
    assert [look(), look(), look()] == [1, 1, 1]


def test_the_next_file_under_the_same_name_is_taken_again(rule, drop, look):
    for expected in (1, 2):
        drop(f"{A}\n")
        look(), look()
        run_waiting()

        assert FileImport.objects.filter(state="succeeded").count() == expected


def test_the_import_does_what_the_rule_says(rule, drop, look, root):
    ImportRule.objects.update(overwrite=True, rename_file_after_import=False)
    drop(f"{A}\n")
    look(), look()

    batch = FileImport.objects.get()
    assert (batch.overwrite, batch.afterwards) == (True, "delete")


def test_a_windows_path_is_read_as_soon_as_it_is_mapped(root, look, settings, time_machine):
    time_machine.move_to("2031-02-03T04:05:00Z", tick=False)
    rule = create_rule({"name": "registry", "file_path": r"\\FILES\lists\registry.txt"})
    unmapped = "No entry of DNC_SHARES maps this Windows path to a directory of this server."
    assert rule.problem == unmapped
    (root / "registry.txt").write_text(f"{A}\n")

    assert [look(), look(), look()] == [0, 0, 0]
    rule.refresh_from_db()
    assert rule.problem == unmapped
    settings.DNC_SHARES = {r"\\FILES\lists": str(root)}
    assert [look(), look()] == [0, 1]
    rule.refresh_from_db()
    assert rule.problem == ""


def test_a_file_that_cannot_be_read_is_shown_with_its_rule(rule, look, root):
    (root / "registry.txt").symlink_to("/etc/passwd")

    assert [look(), look()] == [0, 0]
    rule.refresh_from_db()
    assert rule.problem.startswith("The file cannot be read: ")
    (root / "registry.txt").unlink()
    look()
    rule.refresh_from_db()
    assert rule.problem == ""


def test_roots_that_were_narrowed_later_are_kept_to(rule, drop, look, settings):
    drop(f"{A}\n")
    settings.DNC_ROOTS = ["/srv/elsewhere"]

    assert [look(), look()] == [0, 0]
    rule.refresh_from_db()
    assert rule.problem == "The path is outside the directories that DNC_ROOTS allows."


def test_an_uploaded_file_is_imported_and_its_copy_removed(settings, alice):
    batch = queue_upload(SimpleUploadedFile("../list.txt", f"{A}\n".encode()), overwrite=False, user=alice)
    run_waiting()

    batch.refresh_from_db()
    assert (batch.file_name, batch.state, batch.requested_by) == ("list.txt", "succeeded", alice)
    assert contains([A]) == {A}
    assert list((settings.DNC_WORK_DIR / "uploads").iterdir()) == []


def test_the_copy_of_an_upload_that_failed_is_removed_too(settings, alice):
    queue_upload(SimpleUploadedFile("list.txt", b"no number\n"), overwrite=True, user=alice)
    run_waiting()

    assert FileImport.objects.get().state == "failed"
    assert list((settings.DNC_WORK_DIR / "uploads").iterdir()) == []
