# make setup   the environment in .venv, nothing else
# make run     setup, then everything in the foreground: database, queue, web, worker, clock
# make test    setup, then all checks and tests; pytest's own closing line comes last
# make help    the rest

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PY := $(BIN)/python
OLD_POSTGRES := /usr/lib/postgresql/15/bin
CHROMIUM = $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
PORT ?= 8000
# One process more than there are cores: each waits for its database a third of the time.
SPREAD := -n $(shell echo $$(($$(nproc 2>/dev/null || echo 1) + 1))) --dist worksteal
# Compiled modules are kept also where the environment says otherwise: every start and every run of
# the tests would compile everything anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup run test check promises chromium test-deep coverage screenshots bench lock clean

help:
	@echo "setup run test check promises test-deep coverage screenshots bench lock clean"

setup: .venv/installed

# Written last, so that an interrupted set-up starts over; instant when the lock has not changed.
# Not compiled: most modules are never used here, and Python compiles what it meets.
.venv/installed: requirements.lock
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' \
		|| { echo "Python 3.11 is needed; name it with make PYTHON=/path/to/python3.11"; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-compile \
		-r requirements.lock
	@touch $@

run: setup
	exec $(PY) manage.py up --port $(PORT)

check: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/python -c 'from importlinter.cli import lint_imports_command as run; run()' --no-logo
	$(PY) -m yamllint --strict docker-compose.yml .yamllint.yml

# The database's promises once more, on the oldest PostgreSQL that is supported.
promises: setup
	@if [ -x $(OLD_POSTGRES)/postgres ]; then \
		echo "TEST_POSTGRES_BINDIR=$(OLD_POSTGRES) $(PY) -m pytest -m promise"; \
		TEST_POSTGRES_BINDIR=$(OLD_POSTGRES) $(PY) -m pytest -q $(SPREAD) -m promise \
			$$(grep -rl --include 'test_*.py' mark.promise tests); \
	else echo "Not run: the promises on PostgreSQL 15, which is not at $(OLD_POSTGRES)"; fi

# Installs Chromium where that is possible without asking; where not, its tests are left out.
chromium:
	@if [ -z "$(CHROMIUM)" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 || true; \
	fi

# Tests that measure seconds run first and alone: beside others they would measure those.
test: check chromium
	@if command -v chromium chromium-browser google-chrome >/dev/null; then kinds="not deep"; \
	else kinds="not deep and not browser"; \
		echo "Not run: the browser tests, because there is no Chromium"; fi; \
	echo "Not run here: the promises on PostgreSQL 15, and slow properties (make test-deep)"; \
	$(PY) -m pytest -q -m timed tests/config; timed=$$?; \
	$(PY) -m pytest $(SPREAD) -m "$$kinds and not timed" --durations 20 && exit $$timed

test-deep: promises
	$(PY) -m pytest $(SPREAD) -m deep

coverage: setup
	$(PY) -m pytest $(SPREAD) -m "not deep and not browser" --cov --cov-report=term-missing:skip-covered

# The pictures of the README, taken by the journey test.
screenshots: setup
	CHARTROOM_SCREENSHOTS=docs/images $(PY) -m pytest -q tests/browser/test_journey.py

FOLDER ?= var/bench

bench: setup
	$(PY) -m bench --folder "$(FOLDER)" --write

COMPILE := $(PY) -m piptools compile --quiet --no-emit-index-url --no-emit-find-links \
	--no-emit-trusted-host --no-strip-extras --allow-unsafe --generate-hashes

# Everything for a workplace, and from it, at the same versions, what a hospital's image holds.
# Extras stay named: without them pip looks for `coverage[toml]` anew, and meets a release without
# a hash as soon as there is a newer one.
lock: setup
	$(COMPILE) --all-extras --output-file=requirements.lock pyproject.toml
	cp requirements.lock docker/requirements.lock
	$(COMPILE) --output-file=docker/requirements.lock pyproject.toml

clean:
	rm -rf /dev/shm/chartroom-test-*-$$(printf %s "$(CURDIR)" | sha256sum | cut -c 1-16)-*
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache htmlcov .coverage
