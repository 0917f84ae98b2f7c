# make demo   creates an environment and shows the main job on recorded posts of an invented airline
# make test   creates an environment and runs the tests
# Both need Python 3.11 or newer with its headers, make, and the package index; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
CORE := $(shell find src -name "*.pyx" -o -name "*.pxd")
ARGS ?=

.PHONY: help demo test e2e soak lint types format bench record-demo clean

help:
	@sed -n 's/^# //p' Makefile

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml setup.py $(CORE) | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml setup.py $(CORE) | $(BIN)/python
	$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.core

demo: $(VENV)/.core
	$(BIN)/socialcrm demo --folder .demo --force $(ARGS)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not e2e and not soak' $(ARGS)

# A real AT Protocol network on loopback (PLC, PDS, AppView): installs what it needs.
e2e: $(VENV)/.dev
	tests/servers/atproto/install.sh
	$(BIN)/python -m pytest -m e2e $(ARGS)

# Long runs: thousands of kill points.
soak: $(VENV)/.dev
	$(BIN)/python -m pytest -m soak $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/sync.py --json
	$(BIN)/python benchmarks/salesforce.py --json
	$(BIN)/python benchmarks/match_hostile.py --json

clean:
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Records the demo's input anew from a real network (after make e2e has installed it).
record-demo: $(VENV)/.dev
	$(BIN)/python tests/servers/atproto/record_demo.py
