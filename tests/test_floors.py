from importlinter.cli import lint_imports


def test_no_app_imports_one_above_it(capsys):
    assert lint_imports(config_filename="pyproject.toml") == 0, capsys.readouterr().out
