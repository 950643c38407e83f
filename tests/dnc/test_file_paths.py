import os
from pathlib import Path

import pytest

from dnc.file_paths import PathRefused, fingerprint, open_file, server_path


@pytest.mark.parametrize(
    "written",
    [
        "{root}/list.txt",
        "{root}/2031/may/list.txt",
        "\\\\CCE-ROGGER-A\\C$\\list.txt",
        "\\\\cce-rogger-a\\c$\\list.txt",
    ],
)
def test_a_path_inside_the_roots_is_found_under_either_name(root, written):
    assert server_path(written.format(root=root)).is_relative_to(root)


def test_the_example_of_the_api_text_is_mapped_to_the_mounted_directory(root):
    written = r"\\CCE-ROGGER-A\C$\Users\boston\Desktop\dnc.txt"

    assert server_path(written) == root / "Users/boston/Desktop/dnc.txt"


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("/etc/passwd", "outside"),
        ("{root}-2/list.txt", "outside"),
        ("{root}/../list.txt", "'..'"),
        ("{root}/a/../../list.txt", "'..'"),
        ("\\\\CCE-ROGGER-A\\C$\\..\\list.txt", "'..'"),
        ("\\\\OTHER\\C$\\list.txt", "DNC_SHARES"),
        ("\\\\CCE-ROGGER-A\\C$2\\list.txt", "DNC_SHARES"),
        ("C:\\list.txt", "DNC_SHARES"),
        ("list.txt", "whole path"),
        ("", "whole path"),
        ("{root}/link/list.txt", "outside"),
        ("{root}/list\0.txt", "'..'"),
    ],
)
def test_a_path_outside_the_roots_is_refused(root, written, why):
    (root / "link").symlink_to("/etc")

    with pytest.raises(PathRefused, match=why.replace(".", r"\.")):
        server_path(written.format(root=root))


def test_a_link_that_appears_later_leads_nowhere(root, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/list.txt").write_text("2225554444\n")
    path = server_path(f"{root}/may/list.txt")
    (root / "may").symlink_to(tmp_path / "secret")

    with pytest.raises(PathRefused):
        open_file(path, confined=True)


def test_a_file_that_is_itself_a_link_is_not_followed(root):
    (root / "list.txt").symlink_to("/etc/passwd")

    with pytest.raises(OSError, match="symbolic links"):
        fingerprint(root / "list.txt")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_plain_file_is_refused(root, make):
    make(root / "list.txt")

    with pytest.raises(PathRefused, match="plain file"):
        fingerprint(root / "list.txt")


def test_a_missing_file_has_no_fingerprint(root):
    assert fingerprint(root / "list.txt") is None
    assert fingerprint(Path(root / "missing/list.txt")) is None
