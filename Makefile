# Every target sets up what it needs first; a fresh machine needs Python 3.11+ and make.
# PYTHON chooses the interpreter that the environment is made with.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup serve test check bench lock clean

help: ## show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: .venv/.ready ## make the virtual environment from the lock file

serve: setup ## run the mock with its seed data (ARGS="--port 9000" passes options on)
	$(BIN)/ecf-mock serve $(ARGS)

test: setup ## run every test
	$(BIN)/pytest $(ARGS)

check: setup ## what CI runs: lint, types, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest $(ARGS)

bench: setup ## measure speed and memory beside other mock servers (needs wrk, npm, java)
	$(BIN)/python -m benchmarks $(ARGS)

lock: ## renew requirements.lock from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev --no-header \
	  pyproject.toml -o requirements.lock

clean: ## remove what the targets made
	rm -rf .venv build dist site .mypy_cache .pytest_cache .ruff_cache
