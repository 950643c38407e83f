import pytest

from dnc.do_not_call_list import contains
from dnc.models import ImportRule
from tests.api_client import JSON, errors_of, xml_of
from tests.factories import ImportRuleFactory

pytestmark = pytest.mark.django_db
EXAMPLE = r"""<dnc>
  <refURL>/unifiedconfig/config/dnc/unifiedconfig/config/dnc/5001</refURL>
  <name>dnc1</name>
  <filePath>\\CCE-ROGGER-A\C$\Users\boston\Desktop\dnc.txt</filePath>
  <overwrite>false</overwrite>
  <renameFileAfterImport>true</renameFileAfterImport>
</dnc>"""


def test_the_example_of_the_api_text_is_created_and_read_back(api):
    created = api.post("dnc", EXAMPLE)

    assert (created.status_code, created.content) == (201, b"")
    rule = ImportRule.objects.get()
    assert created["Location"] == f"http://testserver/unifiedconfig/config/dnc/{rule.pk}"
    answer = api.get(created["Location"].removeprefix("http://testserver"))
    assert answer.status_code == 200
    assert [(element.tag, element.text) for element in answer.tree] == [
        ("changeStamp", "0"),
        ("refURL", f"/unifiedconfig/config/dnc/{rule.pk}"),
        ("name", "dnc1"),
        ("filePath", r"\\CCE-ROGGER-A\C$\Users\boston\Desktop\dnc.txt"),
        ("overwrite", "false"),
        ("renameFileAfterImport", "true"),
    ]


@pytest.mark.parametrize("path", [r"\\OTHER\C$\Users\boston\Desktop\dnc.txt", r"D:\lists\dnc.txt"])
def test_a_windows_path_without_a_mapping_is_stored_as_sent_and_shown_as_a_problem(api, path):
    created = api.post("dnc", xml_of("dnc", {"name": "registry", "filePath": path}))

    assert created.status_code == 201
    rule = ImportRule.objects.get()
    assert api.get(f"dnc/{rule.pk}").tree.findtext("filePath") == path
    assert rule.problem == "No entry of DNC_SHARES maps this Windows path to a directory of this server."
    assert api.put(f"dnc/{rule.pk}", api.get(f"dnc/{rule.pk}").content).status_code == 200


def test_overwrite_is_off_and_rename_on_when_not_sent(api, root):
    api.post("dnc", xml_of("dnc", {"name": "registry", "filePath": root / "list.txt"}))

    rule = ImportRule.objects.get()
    assert (rule.overwrite, rule.rename_file_after_import) == (False, True)


def test_the_same_rule_in_json(api, root):
    assert (
        api.post("dnc", {"name": "registry", "filePath": f"{root}/l.txt", "overwrite": True}).status_code
        == 201
    )

    rule = ImportRule.objects.get()
    assert api.get(f"dnc/{rule.pk}", accept=JSON).json() == {
        "changeStamp": 0,
        "refURL": f"/unifiedconfig/config/dnc/{rule.pk}",
        "name": "registry",
        "filePath": f"{root}/l.txt",
        "overwrite": True,
        "renameFileAfterImport": True,
    }


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": None}, ("invalidInput.fieldRequired", "name")),
        ({"name": ""}, ("invalidInput.fieldRequired", "name")),
        ({"name": "a b"}, ("invalidInput.invalidCharacter", "name")),
        ({"name": "_a"}, ("invalidInput.invalidCharacter", "name")),
        ({"name": "a" * 33}, ("invalidInput.fieldLengthExceeded", "name")),
        ({"filePath": None}, ("invalidInput.fieldRequired", "filePath")),
        ({"filePath": ""}, ("invalidInput.fieldRequired", "filePath")),
        ({"filePath": "/etc/passwd"}, ("invalidInput.invalidValue", "filePath")),
        ({"filePath": "{root}/../x"}, ("invalidInput.invalidValue", "filePath")),
        ({"filePath": "\\\\OTHER\\C$\\..\\x"}, ("invalidInput.invalidValue", "filePath")),
        ({"filePath": "{root}/" + "x" * 255}, ("invalidInput.fieldLengthExceeded", "filePath")),
        ({"overwrite": "maybe"}, ("invalidInput.invalidValue", "overwrite")),
        ({"renameFileAfterImport": "7"}, ("invalidInput.invalidValue", "renameFileAfterImport")),
    ],
)
def test_a_wrong_value_is_refused_and_stores_nothing(api, root, change, error):
    sent = {"name": "registry", "filePath": "{root}/list.txt"} | change
    body = {name: str(value).format(root=root) for name, value in sent.items() if value is not None}

    answer = api.post("dnc", xml_of("dnc", body))

    assert answer.status_code == 400
    assert error in errors_of(answer)
    assert not ImportRule.objects.exists()


def test_a_path_outside_says_what_is_wrong_with_it(api):
    answer = api.post("dnc", xml_of("dnc", {"name": "registry", "filePath": "/etc/passwd"}))

    assert "outside the directories that DNC_ROOTS allows" in answer.tree.findtext("apiError/errorMessage")


def test_a_name_is_taken_whatever_its_case(api, root):
    ImportRuleFactory(name="Registry")

    answer = api.post("dnc", xml_of("dnc", {"name": "rEGISTRY", "filePath": root / "list.txt"}))

    assert (answer.status_code, errors_of(answer)) == (400, [("invalidInput.duplicateName", "name")])
    assert answer.tree.findtext("apiError/errorDetail/scope") == "dnc"
    assert answer.tree.findtext("apiError/errorDetail/deleted") == "false"
    assert ImportRule.objects.count() == 1


def test_an_update_cannot_take_the_name_of_another_rule(api):
    rule, other = ImportRuleFactory(), ImportRuleFactory()

    answer = api.put(f"dnc/{rule.pk}", {"changeStamp": 0, "name": other.name})

    assert errors_of(answer) == [("invalidInput.duplicateName", "name")]
    assert api.put(f"dnc/{rule.pk}", {"changeStamp": 0, "name": rule.name.upper()}).status_code == 200


def test_what_was_read_can_be_put_back_and_raises_the_change_stamp(api):
    rule = ImportRuleFactory()
    body = api.get(f"dnc/{rule.pk}").content

    answer = api.put(f"dnc/{rule.pk}", body)

    assert (answer.status_code, answer.content) == (200, b"")
    assert api.get(f"dnc/{rule.pk}").tree.findtext("changeStamp") == "1"


def test_an_update_changes_only_what_it_names(api, root):
    rule = ImportRuleFactory(overwrite=True)

    api.put(f"dnc/{rule.pk}", xml_of("dnc", {"changeStamp": 0, "filePath": f"{root}/new.txt"}))

    updated = ImportRule.objects.get()
    assert (updated.name, updated.overwrite, updated.file_path) == (rule.name, True, f"{root}/new.txt")


@pytest.mark.parametrize(
    ("stamp", "error"),
    [
        ({}, "invalidInput.fieldRequired"),
        ({"changeStamp": 1}, "invalidInput.changeStampMismatch"),
        ({"changeStamp": "x"}, "invalidInput.invalidValue"),
    ],
)
def test_an_update_needs_the_current_change_stamp(api, stamp, error):
    rule = ImportRuleFactory()

    answer = api.put(f"dnc/{rule.pk}", xml_of("dnc", stamp | {"overwrite": True}))

    assert answer.status_code == 400
    assert errors_of(answer) == [(error, "changeStamp")]
    assert not ImportRule.objects.get().overwrite


def test_deleting_a_rule_leaves_its_file_and_the_numbers(api, import_file, root):
    import_file("2225554444\n")
    rule = ImportRuleFactory()
    file = root / f"{rule.name}.txt"
    file.write_text("2225554445\n")

    assert api.delete(f"dnc/{rule.pk}").status_code == 200
    assert api.get(f"dnc/{rule.pk}").status_code == 404
    assert file.read_text() == "2225554445\n"
    assert contains(["2225554444"]) == {"2225554444"}


def test_the_list_searches_and_sorts_by_name(api):
    for name in ("state_b", "State_a", "federal"):
        ImportRuleFactory(name=name)

    answer = api.get("dnc?q=STATE&sort=name")

    assert answer.tree.tag == "results"
    assert [dnc.findtext("name") for dnc in answer.tree.find("dncs")] == ["State_a", "state_b"]
    assert answer.tree.findtext("permissionInfo/canCreate") == "true"


def test_an_empty_list_has_its_wrapper(api):
    assert len(api.get("dnc").tree.find("dncs")) == 0


def test_a_supervisor_reads_rules_and_changes_none(api_as, sam, root):
    rule = ImportRuleFactory()
    api = api_as(sam)

    assert api.get(f"dnc/{rule.pk}").status_code == 200
    assert api.post("dnc", xml_of("dnc", {"name": "x", "filePath": f"{root}/x"})).status_code == 403
    assert api.put(f"dnc/{rule.pk}", xml_of("dnc", {"changeStamp": 0})).status_code == 403
    assert api.delete(f"dnc/{rule.pk}").status_code == 403


def test_every_change_is_in_the_history_with_its_user(api, alice, root):
    api.post("dnc", xml_of("dnc", {"name": "registry", "filePath": root / "list.txt"}))

    assert ImportRule.history.get().history_user == alice
