import io
import sys

import pytest
from django.core.management import CommandError, call_command

from dnc.do_not_call_list import contains
from dnc.models import FileImport
from tests.factories import FileImportFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("2225554444\n2225554444,12\nnone\n")
    return path


def output_of(command, *arguments):
    output = io.StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def test_import_dnc_imports_a_file_and_leaves_it(file):
    output = output_of("import_dnc", str(file))

    assert "active, read as one number a line" in " ".join(output.split())
    assert contains(["2225554444", "2225554444,12"]) == {"2225554444", "2225554444,12"}
    assert file.exists()


def test_import_dnc_can_overwrite(file, import_file):
    import_file("2225550000\n", name="old.txt")

    output_of("import_dnc", str(file), "--overwrite")

    assert contains(["2225550000", "2225554444"]) == {"2225554444"}


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_import_dnc_says_how_it_read_the_columns(file, options):
    file.write_text("212,5551020\n416,5551022\n")

    assert "read as area code and number" in " ".join(output_of("import_dnc", str(file), *options).split())


def test_a_dry_run_refuses_what_an_import_would(file):
    file.write_text("020,79460000\n")

    with pytest.raises(CommandError, match="read in several ways"):
        output_of("import_dnc", str(file), "--dry-run")


def test_a_dry_run_reports_and_changes_nothing(file):
    output = output_of("import_dnc", str(file), "--dry-run")

    assert "nothing changed" in output
    assert "character other than 0-9" in output
    assert not FileImport.objects.exists()


@pytest.mark.parametrize("arguments", [[], ["--dry-run"], ["--overwrite"]])
def test_a_file_that_is_no_list_stops_the_command(tmp_path, arguments):
    (tmp_path / "list.txt").write_bytes(b"\0\1\2")

    with pytest.raises(CommandError, match="binary file"):
        output_of("import_dnc", str(tmp_path / "list.txt"), *arguments)


def test_a_missing_file_stops_the_command(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        output_of("import_dnc", str(tmp_path / "list.txt"))


def test_import_dnc_does_not_run_beside_another_import(file):
    FileImportFactory(state="running")

    with pytest.raises(CommandError, match="Another import is running"):
        output_of("import_dnc", str(file))


def test_look_up_dnc_answers_for_its_arguments(file):
    call_command("import_dnc", str(file), stdout=io.StringIO())

    assert output_of("look_up_dnc", "2225554444", "02225554444", "2225554444,12") == (
        "2225554444\tlisted\n02225554444\tnot listed\n2225554444,12\tlisted\n"
    )


def test_look_up_dnc_reads_standard_input(file, monkeypatch):
    call_command("import_dnc", str(file), stdout=io.StringIO())
    monkeypatch.setattr(sys, "stdin", io.StringIO(" 2225554444 \r\n\nxyz\n"))

    assert output_of("look_up_dnc") == "2225554444\tlisted\nxyz\tno number\n"


def test_look_up_dnc_reads_numbers_as_people_write_them_and_reports_what_is_nearly_listed(file):
    call_command("import_dnc", str(file), stdout=io.StringIO())

    assert output_of("look_up_dnc", "(222) 555-4444", "12225554444", "call me") == (
        "(222) 555-4444\tlisted\tlooked up as 2225554444\n"
        "12225554444\tnot listed\tbut listed: 2225554444\n"
        "call me\tno number\n"
    )
