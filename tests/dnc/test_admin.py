from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dnc.do_not_call_list import add, contains
from dnc.import_runner import run_waiting
from dnc.models import FileImport, HandEntry, HandRemoval, ImportRule
from outbound_site.core.jobs import JobState
from tests.factories import FileImportFactory, ImportRuleFactory

pytestmark = pytest.mark.django_db
NUMBERS = reverse("admin:dnc_handentry_numbers")
NUMBER = reverse("admin:dnc_handentry_number")
IMPORTS = reverse("admin:dnc_fileimport_changelist")
UNMAPPED = "No entry of DNC_SHARES maps this Windows path to a directory of this server."
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def admin(alice):
    return signed_in(alice)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_pasted_numbers_are_looked_up(admin, import_file):
    import_file("2225554444\n*67#\n")

    text = text_of(
        admin.post(NUMBERS, {"numbers": " 2225554444 \r\n\r\n2225554445\r\n*67#\r\n", "operation": "look_up"})
    )

    assert text.count("<strong>listed</strong>") == 2
    assert text.count("<td>not listed</td>") == 1


def test_numbers_are_added_by_hand_with_a_reason(admin, alice):
    admin.post(NUMBERS, {"numbers": "2225554444\n2225554444,12", "operation": "add", "reason": "asked us"})

    assert contains(["2225554444", "2225554444,12"]) == {"2225554444", "2225554444,12"}
    assert {(entry.added_by, entry.reason) for entry in HandEntry.objects.all()} == {(alice, "asked us")}


def test_numbers_are_looked_up_as_they_are_written_and_shown_as_they_are_listed(admin, import_file):
    import_file("3035550185\n13035550186\n442079460000\n")

    answer = admin.post(
        NUMBERS,
        {
            "numbers": "+1 (303) 555-0185\n0044 (0)20 7946 0000\n303-555-0186\n555-0185",
            "operation": "look_up",
        },
    )

    rows = [(r["written"], r["number"], r["listed"], r["is_whole"]) for r in answer.context["results"]]
    assert rows == [
        ("+1 (303) 555-0185", "3035550185", True, True),
        ("0044 (0)20 7946 0000", "442079460000", True, True),
        ("303-555-0186", "3035550186", False, True),
        ("555-0185", "5550185", False, False),
    ]
    assert "+1 (303) 555-0185 → <a" in text_of(answer)
    assert "not listed, but listed as <a" in text_of(answer)
    assert "this is no whole number" in text_of(answer)


def test_numbers_written_otherwise_are_shown_as_they_are_stored_before_anything_is_changed(admin):
    form = {"numbers": "+1 (303) 555-0185\n(303) 555-0185\n*67#", "reason": "asked us"}

    answer = admin.post(NUMBERS, form | {"operation": "add"})
    assert not HandEntry.objects.exists()
    assert "Nothing was changed yet." in text_of(answer)
    assert "+1 (303) 555-0185 → <a" in text_of(answer)
    shown = answer.context["form"].initial
    assert shown == {"numbers": "3035550185\n*67#", "reason": "asked us"}

    admin.post(NUMBERS, shown | {"operation": "add"})
    assert {entry.number for entry in HandEntry.objects.all()} == {"3035550185", "*67#"}
    assert "3035550185 is <strong>listed</strong>" in text_of(
        admin.get(NUMBER, {"number": "+1 303 555 0185"})
    )

    admin.post(NUMBERS, form | {"operation": "remove"})
    assert HandEntry.objects.count() == 2


def test_numbers_are_removed_with_a_reason(admin, import_file):
    import_file("2225554444\n")

    text = text_of(
        admin.post(NUMBERS, {"numbers": "2225554444", "operation": "remove", "reason": "mistaken"})
    )

    assert "1 removed." in text
    assert contains(["2225554444"]) == set()
    assert HandRemoval.objects.get().reason == "mistaken"


@pytest.mark.parametrize("operation", ["add", "remove"])
def test_without_a_reason_nothing_is_changed(admin, import_file, operation):
    import_file("2225554444\n")

    text = text_of(admin.post(NUMBERS, {"numbers": "2225554444\n2225554445", "operation": operation}))

    assert "Say why." in text
    assert contains(["2225554444", "2225554445"]) == {"2225554444"}


@pytest.mark.parametrize("numbers", ["", "222-555", f"2225554444\n{SCRIPT}", "1\n" * 10_001])
def test_wrong_numbers_are_reported_and_change_nothing(admin, numbers):
    text = text_of(admin.post(NUMBERS, {"numbers": numbers, "operation": "add", "reason": "asked us"}))

    assert "errorlist" in text
    assert SCRIPT not in text
    assert not HandEntry.objects.exists()


def test_nothing_is_removed_while_an_import_runs(admin, import_file):
    import_file("2225554444\n")
    FileImportFactory(state=JobState.RUNNING, token=uuid4())

    text = text_of(
        admin.post(NUMBERS, {"numbers": "2225554444", "operation": "remove", "reason": "mistaken"})
    )

    assert "An import is running." in text
    assert contains(["2225554444"]) == {"2225554444"}


def test_the_page_of_a_number_says_why_it_is_listed(admin, alice, import_file):
    batch = import_file("2225554444\n", name="registry.txt")
    add(["2225554444"], alice, f"letter {SCRIPT}")
    add(["12225554444"], alice, "asked us")

    text = text_of(admin.get(NUMBER, {"number": "2225554444"}))

    assert "<strong>listed</strong>" in text
    assert "alice@cce.example" in text
    assert "letter &lt;script&gt;" in text
    assert reverse("admin:dnc_fileimport_change", args=[batch.pk]) in text
    assert "number=12225554444" in text


def test_the_page_of_a_number_of_a_rule_shows_the_imports_of_the_rule(admin):
    rule = ImportRuleFactory(name="registry")
    for _ in range(2):
        with open(rule.file_path, "w") as file:
            file.write("2225554444\n")
        admin.post(
            reverse("admin:dnc_importrule_changelist"), {"action": "import_now", "_selected_action": rule.pk}
        )
        run_waiting()

    text = text_of(admin.get(NUMBER, {"number": "2225554444"}))

    assert "By rule registry" in text
    assert text.count("registry.txt (") == 2


def test_the_page_of_a_number_that_is_not_listed_says_so_and_what_was_removed(admin, alice, import_file):
    import_file("2225554444\n")
    admin.post(NUMBERS, {"numbers": "2225554444", "operation": "remove", "reason": "mistaken"})

    text = text_of(admin.get(NUMBER, {"number": "2225554444"}))

    assert "<strong>not listed</strong>" in text
    assert "mistaken" in text


@pytest.mark.parametrize("number", ["", "x", SCRIPT, "1" * 21])
def test_what_is_no_number_has_no_page(admin, number):
    answer = admin.get(NUMBER, {"number": number}, follow=True)

    assert answer.redirect_chain == [(NUMBERS, 302)]
    assert SCRIPT not in text_of(answer)


def test_an_upload_is_queued_and_imported(admin, alice):
    file = SimpleUploadedFile("list.txt", b"2225554444\r\n")

    answer = admin.post(reverse("admin:dnc_fileimport_upload"), {"file": file, "overwrite": "on"})
    run_waiting()

    assert answer["Location"] == IMPORTS
    batch = FileImport.objects.get()
    assert (batch.state, batch.overwrite, batch.requested_by) == ("succeeded", True, alice)
    assert contains(["2225554444"]) == {"2225554444"}


def test_a_blank_upload_clears_the_list(admin, import_file):
    import_file("2225554444\n")

    file = SimpleUploadedFile("blank.txt", b"")
    admin.post(reverse("admin:dnc_fileimport_upload"), {"file": file, "overwrite": "on"})
    run_waiting()

    assert contains(["2225554444"]) == set()


def test_an_upload_without_a_file_is_refused(admin):
    assert "This field is required" in text_of(admin.post(reverse("admin:dnc_fileimport_upload"), {}))


def test_the_history_shows_what_runs_what_waits_and_what_ended(admin, import_file):
    import_file("2225554444\nbad\n", name="ended.txt")
    FileImportFactory(
        state=JobState.RUNNING, file_name="running.txt", phase="reading", done=30, total=100, lines=7
    )
    FileImportFactory(file_name=f"{SCRIPT}.txt")

    for address in (IMPORTS, reverse("admin:dnc_fileimport_progress")):
        text = text_of(admin.get(address))

        assert '<progress max="100" value="30"' in text
        assert "Waiting: &lt;script&gt;" in text
        assert "ended.txt" in text
        assert SCRIPT not in text


def test_an_import_has_a_page_and_its_rejected_lines(admin, import_file):
    batch = import_file(f"2225554444\n{SCRIPT}\n")

    text = text_of(admin.get(reverse("admin:dnc_fileimport_change", args=[batch.pk])))
    rejects = admin.get(reverse("admin:dnc_fileimport_rejects", args=[batch.pk]))

    assert batch.sha256 in text
    assert "character other than 0-9 # *: 1" in text
    assert b"".join(rejects).decode() == f"2\tcharacter other than 0-9 # *\t{SCRIPT}\n"
    assert "attachment" in rejects["Content-Disposition"]
    rejects.close()


def test_the_list_is_exported_one_number_a_line(admin, alice, import_file):
    import_file("2225554444\n*67#\n")
    add(["0222"], alice, "asked us")

    answer = admin.get(reverse("admin:dnc_handentry_export"))

    assert sorted(b"".join(answer).decode().split("\r\n")) == ["", "*67#", "0222", "2225554444"]


def test_a_rule_is_made_and_changed_in_the_admin(admin, alice, root):
    values = {"name": "registry", "file_path": f"{root}/list.txt", "rename_file_after_import": "on"}
    admin.post(reverse("admin:dnc_importrule_add"), values)
    rule = ImportRule.objects.get()

    admin.post(
        reverse("admin:dnc_importrule_change", args=[rule.pk]), values | {"overwrite": "on", "version": 0}
    )

    rule.refresh_from_db()
    assert (rule.overwrite, rule.change_stamp) == (True, 1)
    assert {record.history_user for record in rule.history.all()} == {alice}


def test_a_stale_form_changes_nothing(admin, root):
    rule = ImportRuleFactory(change_stamp=3)

    text = text_of(
        admin.post(
            reverse("admin:dnc_importrule_change", args=[rule.pk]),
            {"name": "other", "file_path": rule.file_path, "version": 2},
        )
    )

    assert "Somebody else changed this" in text
    assert ImportRule.objects.get().name == rule.name


def test_a_windows_path_without_a_mapping_is_stored_with_a_warning(admin):
    values = {"name": "registry", "file_path": r"\\FILES\lists\registry.txt"}

    text = text_of(admin.post(reverse("admin:dnc_importrule_add"), values, follow=True))

    rule = ImportRule.objects.get()
    assert (rule.file_path, rule.problem) == (values["file_path"], UNMAPPED)
    assert f"Nothing is read for this rule yet: {UNMAPPED}" in text
    assert UNMAPPED in text_of(admin.get(reverse("admin:dnc_importrule_change", args=[rule.pk])))


def test_an_import_shows_how_its_file_was_read_and_what_was_left_out(admin, import_file):
    batch = import_file("212,5551020\n" * 30 + "416,555102\n")

    text = text_of(admin.get(reverse("admin:dnc_fileimport_change", args=[batch.pk])))

    assert "area code and number" in text
    assert "1 left out:<ul>" in text
    assert "1 line left out" in text_of(admin.get(IMPORTS))


def test_a_path_outside_the_roots_is_refused_in_the_form(admin):
    text = text_of(
        admin.post(reverse("admin:dnc_importrule_add"), {"name": "registry", "file_path": "/etc/passwd"})
    )

    assert "outside the directories that DNC_ROOTS allows" in text


def test_an_import_is_asked_for_once_and_only_for_a_file(admin):
    rule = ImportRuleFactory()

    def ask():
        asked = {"action": "import_now", "_selected_action": rule.pk}
        return text_of(admin.post(reverse("admin:dnc_importrule_changelist"), asked, follow=True))

    assert "there is no file" in ask()
    with open(rule.file_path, "w") as file:
        file.write("2225554444\n")
    assert "has been asked for" in ask()
    assert "under way already" in ask()
    assert FileImport.objects.count() == 1


@pytest.mark.parametrize("name", ["importrule", "fileimport", "handentry", "handremoval"])
def test_every_list_opens_for_administrator_and_supervisor(admin, sam, alice, import_file, name):
    import_file("2225554444\n")
    add(["222"], alice, "asked us")
    ImportRuleFactory()

    for client in (admin, signed_in(sam)):
        assert client.get(reverse(f"admin:dnc_{name}_changelist")).status_code == 200


def test_a_supervisor_looks_up_and_changes_nothing(sam, import_file):
    import_file("2225554444\n")
    client = signed_in(sam)

    text = text_of(client.post(NUMBERS, {"numbers": "2225554444", "operation": "look_up"}))

    assert "Add by hand" not in text
    for operation in ("add", "remove"):
        sent = {"numbers": "2225554444", "operation": operation, "reason": "x"}
        assert client.post(NUMBERS, sent).status_code == 403
    assert client.get(reverse("admin:dnc_fileimport_upload")).status_code == 403
    assert contains(["2225554444"]) == {"2225554444"}


@pytest.mark.parametrize(
    "name",
    ["fileimport_upload", "fileimport_progress", "handentry_numbers", "handentry_number", "handentry_export"],
)
def test_a_user_without_a_role_is_refused_everywhere(nina, name):
    nina.is_staff = True
    nina.save()

    assert signed_in(nina).get(reverse(f"admin:dnc_{name}")).status_code == 403
