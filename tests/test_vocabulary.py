"""Identifiers and file names use the words of the field and of the libraries."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

# Words of an identifier, joined as in snake case, and what is said instead.
RETIRED = {
    "house": "architecture",
    "floor": "layer",
    "floors": "layers",
    "rooms": "packages",
    "keeper": "supervisor",
    "bell": "wake_worker",
    "lane": "queue name",
    "gate": "claim lock",
    "bearer": "counted phone",
    "spent": "exhausted",
    "portion": "batch",
    "portions": "batches",
    "put_away": "after import",
    "tidy": "cleanup",
    "in_force": "active",
    "odd_number": "unblocked number",
    "hand_entry": "manual entry",
    "markable": "SoftDeletable",
    "stamped": "Versioned",
    "refusable": "CheckedActions",
    "surroundings": "DialingContext",
    "circumstances": "DialingContext",
    "known_lists": "a name for what it holds",
    "verdict": "decision, or row errors",
    "verdicts": "decisions, or row errors",
    "told": "reported",
    "tell": "report",
    "tells": "reports",
    "untold": "unreported",
    "story": "timeline",
    "chance": "rng",
    "sorted_runs": "sorted chunks",
}
# Class names that are also plain words elsewhere.
RETIRED_CLASSES = {
    "Refusal": "ApiError, or Reason",
    "RecordedAdmin": "HistoryAdmin",
    "Listed": "ListMixin",
    "Retrieved": "RetrieveMixin",
    "Created": "CreateMixin",
    "Updated": "UpdateMixin",
    "Deleted": "DestroyMixin",
    "Beside": "a name for what it holds",
    "Signs": "a name for what it holds",
    "Basis": "a name for what it holds",
    "Counted": "a name for what it holds",
}
# Names of released models and fields, and of Python's protocol of files.
EXEMPT = {"HandEntry", "HandEntryAdmin", "OddNumber", "in_force", "in_force_at", "tell"}
BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def instead_of(name: str) -> str | None:
    """What is said instead of a retired word in the name; None for a name without one."""
    if name in EXEMPT:
        return None
    if name in RETIRED_CLASSES:
        return RETIRED_CLASSES[name]
    words = f"_{BORDER.sub('_', name).lower()}_"
    return next((new for old, new in RETIRED.items() if f"_{old}_" in words), None)


def defined_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of whatever a module defines: functions, classes, arguments, variables, attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name


def retired_words_in(path: Path, root: Path) -> list[str]:
    """`file:line: name: the word to use instead`"""
    shown = path.relative_to(root)
    found = [(1, path.stem), *defined_names(ast.parse(path.read_text()))]
    return [f"{shown}:{line}: {name}: use {new}" for line, name in found if (new := instead_of(name))]


def modules() -> list[Path]:
    packages = sorted({path.parent for path in settings.BASE_DIR.glob("*/__init__.py")})
    found = [path for package in packages for path in package.rglob("*.py")]
    return [path for path in found if not {"migrations", "upgrades"} & set(path.parts)]


def test_no_name_has_a_retired_word():
    problems = [line for path in modules() for line in retired_words_in(path, settings.BASE_DIR)]

    assert problems == [], "\n" + "\n".join(problems)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def ring_bell(): ...", "1: ring_bell: use wake_worker"),
        ("class MarkableAdmin: ...", "1: MarkableAdmin: use SoftDeletable"),
        ("class Refusal: ...", "1: Refusal: use ApiError, or Reason"),
        ("\ndef f(told): ...", "2: told: use reported"),
        ("class A:\n    def f(self):\n        self.put_away = 1", "3: put_away: use after import"),
    ],
)
def test_a_retired_word_is_named_with_its_place_and_the_word_to_use(tmp_path, source, expected):
    path = tmp_path / "module.py"
    path.write_text(source)

    assert retired_words_in(path, tmp_path) == [f"module.py:{expected}"]


@pytest.mark.parametrize("source", ["shown = 1", "class ListedAdmin: ...", "ring_seconds = history = 1"])
def test_other_words_pass(tmp_path, source):
    path = tmp_path / "module.py"
    path.write_text(source)

    assert retired_words_in(path, tmp_path) == []


def test_a_file_name_counts(tmp_path):
    path = tmp_path / "keeper.py"
    path.write_text("")

    assert retired_words_in(path, tmp_path) == ["keeper.py:1: keeper: use supervisor"]
