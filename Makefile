# The commands of this project. `make` alone lists them.
# PYTHON chooses the Python (3.11 to 3.13) that .venv is made with: make PYTHON=python3.12 up

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BOOTSTRAP := $(PYTHON) -m stack.bootstrap --library libodbc.so.2=unixodbc
RUNTIME := $(BOOTSTRAP) requirements.txt
DEVELOPMENT := $(BOOTSTRAP) --library libtdsodbc.so=tdsodbc --program curl=curl --program chromium=chromium --program bwrap=bubblewrap --program openssl=openssl --program nc=netcat-openbsd --program redis-cli=redis-tools --program node=nodejs --program freebcp=freetds-bin --program npm=npm requirements.txt requirements-dev.txt
# Each lock file begins with this command, because the update bot runs it again; it supports only these options.
LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version=3.11
INSTALLED = @test -x $(BIN)/python || { echo "nothing is installed here: run make up"; exit 1; }

# Without bytecode each process would compile its imports for seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help secrets up down status next-day load analysis sql logs env test test-all unit coverage soak lint lint-types lint-files bench bench-api bench-sync bench-dashboards client lock

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## Install, start everything, print addresses and login, load the drop in data/ unless a later day is published
	@$(RUNTIME)
	@$(BIN)/python -m stack up

down: ## Stop everything that make up has started
	$(INSTALLED)
	@$(BIN)/python -m stack down

status: ## Print the state and address of each service, and the login; exit code 0 only if all are up
	$(INSTALLED)
	@$(BIN)/python -m stack status

next-day: ## Generate the drop of the day after the latest published day, and load it
	$(INSTALLED)
	@$(BIN)/python -m stack next-day

load: ## Load a drop (make load DROP=path DATE=yyyy-mm-dd; REPLAY=1 for an older day, SAME_DROP=1 for files loaded before; WAIVE="check; check" REASON="…")
	$(INSTALLED)
	@$(BIN)/python -m stack load --drop "$$DROP" --date "$$DATE" $(if $(REPLAY),--replay) $(if $(SAME_DROP),--same-drop) --waive "$$WAIVE" --reason "$$REASON"

sql: ## Query the warehouse (make sql Q="SELECT …"; without Q a prompt; AS=owner, loader or reader)
	$(INSTALLED)
	@$(BIN)/python -m stack sql --as "$(if $(filter default,$(origin AS)),reader,$(AS))" $(if $(Q),"$$Q")

analysis: ## Answer the questions of include/sql/70_analysis (make analysis Q=ranking for some)
	$(INSTALLED)
	@$(BIN)/python -m stack analysis $(if $(Q),"$$Q")

logs: ## Follow the logs
	$(INSTALLED)
	@$(BIN)/python -m stack logs

env: ## Print the resolved settings, for eval "$(make -s env)"
	@$(RUNTIME)
	@$(BIN)/python -m stack env

secrets: ## Write the secrets that docker compose needs into .env and .secrets/
	@$(PYTHON) -m stack.secrets

# T names one area: a folder or a file of tests/ or of local_sqlserver's (make test T=sql, make test T=local_sqlserver/engine).
MODULE := -m
COMMA := ,
PARALLEL := --numprocesses 3 --dist loadfile --no-loadscope-reorder
define run_tests
	$(if $(filter local_sqlserver%,$(T)),,@$(BIN)/python $(MODULE) pytest $(PARALLEL) -m "$(1)" $(T:%=tests/%))
	$(if $(filter-out local_sqlserver%,$(T)),,@cd local_sqlserver && ../$(BIN)/python $(MODULE) pytest $(PARALLEL) -m "$(1)" $(T:local_sqlserver%=tests%))
endef

test: ## Install everything needed for tests and run all but the long ones (make test T=api: one area)
	@$(DEVELOPMENT)
	$(call run_tests,not long)

test-all: ## The tests of make test, and the long ones: the whole system, kills, fuzzing, several days of loads
	@$(DEVELOPMENT)
	$(call run_tests,not exhaustive)

UNIT := python -m pytest -m "unit and not long"
unit: ## The tests that need no server and no whole drop, within seconds
	@$(DEVELOPMENT)
	@log=$$(mktemp); (cd local_sqlserver && ../$(BIN)/$(UNIT)) >$$log 2>&1 & stand_in=$$!; \
	$(BIN)/$(UNIT); failed=$$?; wait $$stand_in || failed=$$?; cat $$log; rm $$log; exit $$failed

COVERED := api dags data plugins stack local_sqlserver/src
coverage: MODULE = -m coverage run --rcfile=$(CURDIR)/pyproject.toml --source=$(subst $() ,$(COMMA),$(COVERED:%=$(CURDIR)/%)) -m
coverage: export COVERAGE_FILE = $(CURDIR)/.coverage
coverage: ## The short tests once more, with the lines and branches of each folder that they reach
	@$(DEVELOPMENT)
	@rm -f .coverage .coverage.*
	$(call run_tests,not long)
	@$(BIN)/python -m tests.coverage

soak: ## Fuzz and kill tests with N times as many cases, a month of 3 N days on the real system, every case of long tables (make soak N=10)
	@$(DEVELOPMENT)
	@SOAK=$(or $(N),10) $(BIN)/python -m pytest -m "soak or exhaustive"
	@cd local_sqlserver && SOAK=$(or $(N),10) ../$(BIN)/python -m pytest -m soak

# An environment of its own, because dbt needs older packages than Airflow.
bench: ## Measure the load on the stand-in against plain DuckDB, dbt, pandas and polars (CHECK=1: compare their gold with the oracle)
	@$(DEVELOPMENT)
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(VENV)/bench
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(VENV)/bench/bin/python requirements-bench.txt
	@PYTHONPATH=plugins $(BIN)/python -m benchmarks.load $(if $(CHECK),--check)

bench-api: ## Measure the API against the same endpoints with FastAPI and with Flask and SQLAlchemy
	@$(DEVELOPMENT) --program wrk=wrk
	@PYTHONPATH=plugins $(BIN)/python -m benchmarks.api

bench-sync: ## Measure the sync: rows from memory into Postgres, and from gold to being served
	@$(DEVELOPMENT)
	@PYTHONPATH=plugins $(BIN)/python -m benchmarks.sync

bench-dashboards: ## Measure from a click to the redrawn page, in Chromium
	@$(DEVELOPMENT)
	@PYTHONPATH=plugins $(BIN)/python -m benchmarks.dashboards

lint: ## ruff, mypy, import-linter, sqlfluff, hadolint and zizmor
	@$(DEVELOPMENT)
	@$(MAKE) --no-print-directory --jobs=2 lint-files lint-types

# The types of the pipeline take as long as everything else, hence beside it.
lint-types:
	@$(BIN)/mypy

lint-files:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@cd local_sqlserver && ../$(BIN)/mypy
	@PYTHONPATH=plugins $(BIN)/lint-imports --no-cache
	@cd local_sqlserver && ../$(BIN)/lint-imports --no-cache
	@$(BIN)/sqlfluff lint include/sql
	@$(BIN)/hadolint docker/*/Dockerfile
	@$(BIN)/zizmor --offline --quiet .github/workflows

client: ## Generate a typed Python client of the API into client/, from its description
	@$(DEVELOPMENT)
	@PYTHONPATH=plugins $(BIN)/python -m tests.api.generate_client client

lock: ## Pin all requirements, direct and indirect, each file by its hash
	@$(DEVELOPMENT)
	@$(LOCK) --output-file=requirements.txt requirements.in
	@for part in api airflow standin; do $(LOCK) --constraint=requirements.txt --output-file=requirements-$$part.txt requirements-$$part.in || exit; done
	@for part in dev bench client; do $(LOCK) --output-file=requirements-$$part.txt requirements-$$part.in || exit; done
	@$(LOCK) --output-file=local_sqlserver/tests/tds/dbt/requirements.txt local_sqlserver/tests/tds/dbt/requirements.in
	@$(LOCK) --no-deps --output-file=local_sqlserver/tests/tds/tools_service/requirements.txt local_sqlserver/tests/tds/tools_service/requirements.in
