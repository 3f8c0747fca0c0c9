# Two commands do everything on a fresh clone: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

LOCK   := requirements.lock
TESTS  ?=

# The tests start hundreds of processes: each would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test unit e2e check lint types contract lock ranges schema sdks bench coverage clean help

help:  ## list the targets
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(READY): $(LOCK)
	@echo "installing the locked packages into $(VENV), which takes a minute or two"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(LOCK)
	@touch $@

demo: $(READY)  ## run the main job: preview, up, outputs, refresh, destroy
	$(BIN)/python -m sandbox demo

test: check  ## lint, types, import contract, all tests
	$(BIN)/python -m pytest -n auto

unit: $(READY)  ## the tests that start no engine
	$(BIN)/python -m pytest -n auto -m "not e2e"

e2e: $(READY)  ## the end-to-end tests, under the sandbox's engine and the pulumi CLI where it is found
	$(BIN)/python -m pytest -n auto -m e2e

check: lint types contract  ## lint, types and the import contract

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy
	for program in examples/*/__main__.py; do $(BIN)/mypy $$program || exit 1; done
	$(BIN)/pyright

contract: $(READY)
	PYTHONPATH=. $(BIN)/lint-imports

lock: $(READY)  ## write the newest versions within the declared ranges into the lock file
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" --output-file $(LOCK) requirements-dev.txt

ranges: $(READY)  ## run the tests (or TESTS=...) on the oldest and on the newest versions that the ranges allow
	for end in lowest-direct highest; do \
		$(BIN)/uv venv --quiet --clear --seed --python $(BIN)/python .ranges/$$end && \
		$(BIN)/uv pip install --quiet --python .ranges/$$end --resolution $$end -r requirements-dev.txt && \
		.ranges/$$end/bin/python -m pytest -n auto $(TESTS) || exit 1; \
	done

schema: $(READY)  ## renew what is generated: the plugin's schema and the reference of the resources
	$(BIN)/python -m provider schema --write
	$(BIN)/python -m provider schema --as-page > docs/resources.md

sdks: $(READY)  ## generate the plugin's SDKs into .sdks, where the pulumi CLI is found; build TypeScript and Go
	$(BIN)/python -m tests.plugin.sdks .sdks

bench: $(READY)  ## measure speed, as ratios within one run
	$(BIN)/python -m benchmarks

coverage: $(READY)  ## line and branch coverage of the interpreter
	$(BIN)/python -m pytest tests/arazzo --cov=provider.arazzo --cov-report=term-missing --cov-fail-under=95

clean:  ## remove what the targets made
	rm -rf $(VENV) .ranges .sandbox .sdks build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
