# make run    serve on http://127.0.0.1:8000       make test   everything that CI checks
# make help   the rest
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

# Where Python may not keep bytecode by itself, each start would compile all libraries again: five seconds.
COMPILE := $(BIN)/python -m compileall -q -j 0 .venv/lib tracker config.py config_checks.py || true

.PHONY: run test check test-sqlite test-postgres lint format messages lock faults faults-long access bad-inputs fuzz bench-forecast bench-plan bench-due bench-enqueue bench-mail bench-tick bench-login wapiti audit screenshots help

run: .venv/.run
	@exec $(BIN)/tracker serve

test: .venv/.dev
	@tests/machine.sh
	@$(MAKE) --no-print-directory lint test-sqlite test-postgres

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-sqlite: .venv/.dev
	$(BIN)/pytest -n 2

test-postgres: .venv/.dev
	tests/postgres.sh $(BIN)/pytest -n 2 -m "not browser"

# The table of faults: tests/faults/table.py prints it wherever its rows ran. Their short form is part of `make test`.
FAULT_TRIALS := $(BIN)/pytest -n 2 -m fault tests/faults

faults: .venv/.dev
	@tests/machine.sh
	$(FAULT_TRIALS)
	tests/postgres.sh $(FAULT_TRIALS)

faults-long:
	@FAULTS=long $(MAKE) --no-print-directory faults

# What translators work from, and into the catalogue of each language what is new in it.
TRANSLATIONS := tracker/translations
LANGUAGES = $(patsubst $(TRANSLATIONS)/%/LC_MESSAGES/messages.po,%,$(wildcard $(TRANSLATIONS)/*/LC_MESSAGES/messages.po))

messages: .venv/.dev
	$(BIN)/pybabel --quiet extract -F $(TRANSLATIONS)/babel.cfg --ignore-dirs=".*" --sort-by-file --add-location=file \
	  -k lazy_gettext -k gettext_noop -k PlanError -k NoSuchChoice \
	  --project=Waymark --copyright-holder="the authors of Waymark" -o $(TRANSLATIONS)/messages.pot .
	@for language in $(LANGUAGES); do \
	  $(BIN)/pybabel --quiet update -i $(TRANSLATIONS)/messages.pot -d $(TRANSLATIONS) -l $$language || exit 1; done

# Who may do what at every address of the route map: tests/access/rules.py says it, this asks the app.
access: .venv/.dev
	@tests/machine.sh
	$(BIN)/pytest -n 2 tests/access
	tests/postgres.sh $(BIN)/pytest -n 2 tests/access

# The table of bad inputs (tests/bad_inputs/table.py) against a running site, over real sockets.
bad-inputs: .venv/.dev
	@tests/machine.sh
	$(BIN)/pytest -n 2 tests/bad_inputs
	tests/postgres.sh $(BIN)/pytest -n 2 tests/bad_inputs

# 300 tries of every form and query, other ones each time; six, always the same, are part of `make test`.
fuzz: .venv/.dev
	@tests/machine.sh
	FUZZ=long $(BIN)/pytest -n 2 tests/fuzz
	FUZZ=long tests/postgres.sh $(BIN)/pytest -n 2 tests/fuzz

format: .venv/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Locks what pyproject.toml asks for, with hashes and without the address of any package index.
lock:
	uv export --quiet --no-dev --no-emit-project --output-file requirements.txt
	uv export --quiet --all-groups --no-emit-project --output-file requirements-dev.txt
	rm -f uv.lock

bench-forecast: .venv/.dev
	$(BIN)/python tests/bench/forecast_calibration.py
	$(BIN)/python -m tests.bench.forecast_on_site

bench-plan: .venv/.dev
	$(BIN)/python tests/bench/planning_speed.py

# On PostgreSQL: FSYNC=on tests/postgres.sh make bench-due bench-enqueue
bench-due: .venv/.dev
	$(BIN)/python -m tests.bench.due_scan_speed

bench-enqueue: .venv/.dev
	$(BIN)/python -m tests.bench.enqueue_speed

bench-mail: .venv/.dev
	@tests/machine.sh smtp-sink
	$(BIN)/python -m tests.bench.mail_speed

# From the press on a milestone's box to the frame that shows it, in Chromium at a site on this machine.
bench-tick: .venv/.dev
	@tests/machine.sh
	$(BIN)/python -m tests.bench.tick_speed

# Whether a log-in tells by its time, text or headers who has an account.
bench-login: .venv/.dev
	$(BIN)/python tests/bench/login_timing.py

# A scanner from outside, over a full site with demo data, as nobody and as a learner. Needs the network once, to install
# it into an environment of its own; no part of `make test`.
wapiti: .venv/.dev .wapiti/.ok
	$(BIN)/python -m tests.wapiti .wapiti/bin/wapiti wapiti-reports

.wapiti/.ok:
	@$(PYTHON) -m venv .wapiti
	@.wapiti/bin/python -m pip install --quiet --disable-pip-version-check wapiti3==3.2.3
	@touch $@

# First a version with known holes: an audit that lets it pass is blind, as behind a mirror of the package index.
AUDIT := .audit/bin/pip-audit --strict --no-deps --disable-pip --progress-spinner off

audit: .audit/.ok
	@echo "flask==0.12" > .audit/planted.txt
	@if $(AUDIT) -r .audit/planted.txt >/dev/null 2>&1; then echo "The audit is blind here: flask 0.12 has passed."; exit 1; fi
	$(AUDIT) -r requirements.txt
	$(AUDIT) -r requirements-dev.txt

.audit/.ok:
	@$(PYTHON) -m venv .audit
	@.audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	@touch $@

screenshots: .venv/.dev
	@tests/machine.sh
	$(BIN)/python -m tests.screenshots

help:
	@echo "make run            install what is locked, migrate, serve on http://127.0.0.1:$${PORT:-8000}"
	@echo "make test           linters and types, then all tests on SQLite and PostgreSQL"
	@echo "make test-sqlite    the tests on SQLite alone; test-postgres: on PostgreSQL"
	@echo "make faults         34 faults with real processes and kill -9 on both databases, as a table; 6 minutes"
	@echo "make faults-long    the same with 100 kills of the site and 60 of the sender, 3,000 learners; half an hour"
	@echo "make access         every address x method x nobody, stranger, owner, administrator, on both databases; 2 minutes"
	@echo "make bad-inputs     240 bad inputs over real HTTP on both databases: answered, nothing changed, no fault; 2 minutes"
	@echo "make fuzz           300 tries of every form and query on both databases, other ones each time; an hour"
	@echo "make lint, format   check, or repair, the form of the code"
	@echo "make messages       the sentences of code and templates into tracker/translations/, for translators"
	@echo "make screenshots pictures of the main pages into screenshots/, to be looked at"
	@echo "make lock           lock the dependencies again (needs uv)"
	@echo "make bench-forecast how true and sharp the forecast is; bench-plan: how long plan and forecast take"
	@echo "make bench-tick     how long after a press a tick is drawn, and the server's answer to it"
	@echo "make bench-login    whether a log-in tells by its time, text or headers who has an account"
	@echo "make wapiti         a scanner over a full site as nobody and as a learner, reports into wapiti-reports/; half an hour"
	@echo "make audit          do the locked packages have known holes; asks pypi.org"
	@echo "make bench-due      what is due among a million learners; bench-enqueue: 10,000 reminders at once;"
	@echo "                    bench-mail: mails a second against bare smtplib. The first two also on PostgreSQL:"
	@echo "                    FSYNC=on tests/postgres.sh make bench-due bench-enqueue"

# The stamps are why a second run installs nothing. They lie in .venv, so that deleting it is a clean start.
.venv/.run: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing what is locked (once) …"
	@$(PIP) -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(COMPILE)
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	@echo "Installing what the tests need (once) …"
	@$(PIP) -r requirements-dev.txt
	@$(COMPILE)
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "venv is missing; on Debian: apt-get install python3-venv"; exit 1; }
