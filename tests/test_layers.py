import tomllib

from django.conf import settings
from importlinter.cli import lint_imports

PROJECT = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
LINTER = PROJECT["tool"]["importlinter"]
LAYERS = LINTER["contracts"][0]["layers"]
# Beside the layers; a contract of its own forbids it every import of an app.
BESIDE = {"dialer"}


def test_no_module_imports_one_of_a_layer_above(capsys):
    assert lint_imports(config_filename="pyproject.toml") == 0, capsys.readouterr().out


def test_every_module_stands_in_a_layer():
    named = {name.strip() for layer in LAYERS for name in layer.replace("|", ":").split(":")} | BESIDE
    packages = {path.parent.name for path in settings.BASE_DIR.glob("*/__init__.py")} - {
        "tests",
        "benchmarks",
    }
    assert packages == set(LINTER["root_packages"])
    modules = packages - {"outbound_site"}
    for path in (settings.BASE_DIR / "outbound_site").iterdir():
        if path.suffix == ".py" or (path / "__init__.py").exists():
            modules.add(f"outbound_site.{path.stem}")
    # Without imports, or there for what released migrations and Django look for.
    exempt = {
        f"outbound_site.{name}" for name in ("__init__", "formats", "migrations", "sequences", "validators")
    }
    assert modules - named == exempt & modules
