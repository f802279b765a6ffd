# The commands of this project. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
ROUNDS ?= 10
PROCESSES ?= 4
SEED ?= 1
COUNT ?= 1250
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
COMPILE := $(BIN)/pip-compile --quiet --no-strip-extras --generate-hashes --allow-unsafe --all-build-deps \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header
# pip-compile asks pip's settings for further places to find wheels; pins hold what the index has
export PIP_FIND_LINKS :=
# tests start hundreds of processes: without bytecode each compiles all modules anew, a fifth of a second of a core
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo '  Options of a command go into ARGS: make demo ARGS="--seconds 20"'

.PHONY: demo
demo: $(VENV)/installed ## everything at work, with nothing but Python: embedded broker, simulated wholesaler, live view
	@$(BIN)/stoplist demo $(ARGS)

.PHONY: test
test: check ## all checks and tests, in PROCESSES processes, since many tests wait for brokers; ARGS goes to pytest
	$(BIN)/python -m tests.harness.kafka
	$(BIN)/python -m pytest --numprocesses=$(PROCESSES) --dist=worksteal --cov --cov-report=term $(ARGS)

.PHONY: check
check: $(VENV)/installed-dev ## linters, types and the architecture's layers, without the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: properties
properties: $(VENV)/installed-dev ## property tests with new examples each time, until one fails or ROUNDS are done
	for round in $$(seq $(ROUNDS)); do \
		$(BIN)/python -m pytest -q -x --timeout=900 --hypothesis-profile=search tests/domain tests/schemas $(ARGS); done

.PHONY: mutate
mutate: $(VENV)/installed-dev ## break the rules one by one and count what the tests notice: hours, or a share of it with ARGS="--share 0.03"
	$(BIN)/python -m tests.mutation $(ARGS)

.PHONY: simulate
simulate: $(VENV)/installed-dev ## COUNT histories of each kind from SEED on in a simulated world (docs/simulation.md); FOLD: one kind
	$(BIN)/python -m tests.simulation --processes 2 --seed $(SEED) --count $(COUNT) $(if $(FOLD),--fold $(FOLD)) $(ARGS)

.PHONY: simulate-mutants
simulate-mutants: $(VENV)/installed-dev ## the same with classic mistakes in the engine: how soon each is found
	$(BIN)/python -m tests.simulation --mutants --fold counting --seed $(SEED) --count $(COUNT) $(ARGS)

.PHONY: fuzz
fuzz: $(VENV)/installed-dev ## COUNT mutated records from SEED on, the fate of each counted (docs/fuzzing.md); minutes
	$(BIN)/python -m tests.fuzz --seed $(SEED) $(if $(filter-out file,$(origin COUNT)),--count $(COUNT)) $(ARGS)

.PHONY: torture
torture: $(VENV)/installed-dev ## kill, pause and restart workers, brokers and Redis under load, then prove everything (docs/torture.md)
	$(BIN)/python -m tests.harness.kafka
	$(BIN)/python -m tests.torture $(ARGS)

.PHONY: bench
bench: $(VENV)/installed-dev ## the benchmark on Apache Kafka; takes minutes and wants the machine for itself
	$(BIN)/python -m tests.benchmark $(ARGS)

.PHONY: restarts
restarts: $(VENV)/installed-dev ## how long decisions pause when workers restart or die under load; minutes, on Apache Kafka
	$(BIN)/python -m tests.restarts $(ARGS)

.PHONY: schemas
schemas: $(VENV)/installed-dev ## write the JSON Schemas, the AsyncAPI document and docs/contract.md anew
	$(BIN)/python -m schemas.generate
	$(BIN)/python -m schemas.contract_page > docs/contract.md

.PHONY: site
site: $(VENV)/installed-dev ## the documents as a site with a search, into build/site; opens from there or from any web server
	rm -rf build/site
	$(BIN)/python -m sphinx --quiet --fresh-env --fail-on-warning --keep-going -d build/site-read -c docs/site . build/site
	@echo 'build/site/index.html'

.PHONY: pictures
pictures: $(VENV)/installed-dev ## the README's pictures of the page, anew, by Chromium from the demo
	$(BIN)/python -m tests.page.pictures

.PHONY: deployment
deployment: $(VENV)/installed-dev ## write what of deploy/ is made from the catalogues anew: topics, users, alerts, dashboard
	$(BIN)/python -m streams.cli.deployment

.PHONY: release-check
release-check: $(VENV)/installed-dev ## build wheel and sdist, test the wheel, list licences and parts (SBOM), audit; into dist/
	deploy/release-check $(ARGS)

.PHONY: lock
lock: $(VENV)/installed-dev ## pin the newest versions that pyproject.toml allows
	$(COMPILE) --upgrade --extra embedded --extra dev -o requirements-dev.txt pyproject.toml
	$(COMPILE) --upgrade --extra embedded -c requirements-dev.txt -o requirements.txt pyproject.toml

.PHONY: clean
clean: ## remove what the other commands made
	rm -rf $(VENV) build dist *.egg-info .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .mutation

# What is installed is marked by a file that is older than what it was made from when that has changed.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Stoplist needs Python 3.11 or later: name one, like make PYTHON=python3.12 demo' >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo 'python3-venv is missing: on Debian, apt-get install python3-venv' >&2; exit 2; }

$(VENV)/installed: requirements.txt pyproject.toml | $(BIN)/python
	@echo 'installing into $(VENV) …'
	@$(PIP) --require-hashes -r requirements.txt
	@PYTHONWARNINGS=ignore $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo 'installing what the tests need …'
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@
