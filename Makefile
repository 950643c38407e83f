# The commands of this project; each can be repeated at any time.
PYTHON ?= python3
BIN = .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run demo install test check bench screenshots locks
.DELETE_ON_ERROR:

help:
	@echo 'make run      install what is missing and start the server'
	@echo 'make demo     the same in var/demo, with campaigns, contacts and two simulated dialers at work'
	@echo 'make test     all tests; DATABASE_URL and CELERY_BROKER_URL choose what they run on'
	@echo 'make check    format, lint, types, layers, words, migrations, deployment checks'
	@echo 'make bench    benchmarks; make bench NAMES="campaigns dnc" for some'
	@echo 'make screenshots  pictures of the main pages of a running demo into docs/screenshots/'
	@echo 'make locks    compile requirements.txt and requirements-dev.txt from pyproject.toml anew'

run: install
	$(BIN)/python manage.py serve

demo: install
	DATA_DIR=var/demo DATABASE_URL= CELERY_BROKER_URL= LOG_LEVEL=WARNING $(BIN)/python manage.py demo

install: .venv/runtime.stamp

test: .venv/development.stamp
	$(BIN)/python -m pytest -n 2

check: .venv/development.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 0 tests/test_layers.py tests/test_vocabulary.py
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check_migrations
	PRODUCTION=true ALLOWED_HOSTS=outbound.example.com SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

bench: .venv/development.stamp
	$(BIN)/python -m benchmarks $(NAMES)

screenshots: .venv/development.stamp
	$(BIN)/python -m tests.browser.screenshots

locks:
	$(PYTHON) -m venv var/uv
	var/uv/bin/python -m pip install -q --disable-pip-version-check uv
	var/uv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header -o requirements.txt
	var/uv/bin/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header -o requirements-dev.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.version_info < (3, 11) and sys.exit(1)' || \
		{ echo 'Python 3.11 or newer is needed. Is there one? Then: make run PYTHON=/path/to/it' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
		{ echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@: > $@

.venv/development.stamp: requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@: > $@
