# Every target sets up what it needs first; a fresh machine needs Python 3.11+ and make.
# PYTHON chooses the interpreter that the environment is made with.
PYTHON ?= python3
BIN := .venv/bin
# One process a core; ARGS="-n 0" runs the tests in one.
PYTEST := $(BIN)/pytest -n auto --dist worksteal
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup system-packages serve docs docs-serve test crash lint audit check contract mutation mutation-domain bench soak lock clean

help: ## show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: .venv/.ready ## make the virtual environment from the lock file

# What the tests run beside Python, as command:package of Debian.
SYSTEM_PACKAGES := chromium:chromium curl:curl node:nodejs npm:npm ruby:ruby wrk:wrk nginx:nginx haproxy:haproxy

system-packages: ## install what the tests need beside Python (Debian, as root)
	@missing=""; \
	for each in $(SYSTEM_PACKAGES); do \
	  command -v "$${each%%:*}" >/dev/null || missing="$$missing $${each##*:}"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ]; then echo "missing; run as root: apt-get install -y$$missing" >&2; exit 1; fi; \
	apt-get update -q && apt-get install -y -q --no-install-recommends $$missing

serve: setup ## run the mock with its seed data (ARGS="--port 9000" passes options on)
	$(BIN)/ecf-mock serve $(ARGS)

# The banner that this silences is about a version of MkDocs that isn't used here.
MKDOCS := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs

docs: setup ## build the documentation strictly, into build/site
	$(BIN)/python -m docs.generator
	$(MKDOCS) build --strict

docs-serve: setup ## show the documentation at http://127.0.0.1:8001, where the mock's refusals link to
	$(BIN)/python -m docs.generator
	$(MKDOCS) serve --dev-addr 127.0.0.1:8001

test: setup ## run every test
	$(PYTEST) $(ARGS)

KILLS ?= 200

crash: setup ## kill the server KILLS times under clients that write; nothing that was answered may be lost
	$(BIN)/pytest tests/sandbox/state/test_crash.py -s --kills $(KILLS)

lint: setup ## lint and types: the code, the workflow, the action
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/actionlint
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml

audit: setup ## ask PyPI for known vulnerabilities of the locked dependencies; no answer fails it, too
	$(BIN)/python -m tests.advisories --strict

check: lint ## what CI runs: lint, types, known vulnerabilities, tests
# Not strict: without a network it says that no advisories could be asked for, and the tests run all the same.
	$(BIN)/python -m tests.advisories
	$(PYTEST) $(ARGS)

contract: setup ## check that the mock keeps the contract (ARGS="--html build/check.html" passes options on)
	$(BIN)/ecf-mock check $(ARGS)

mutation: setup ## plant faults in the mock and see that the contract check notices each (ARGS="rule" plants some)
	$(BIN)/python -W ignore -m tests.mutation $(ARGS)

mutation-domain: setup ## change the domain's code bit by bit and see that its tests notice; survivors under 5 %
	$(BIN)/python -m tests.mutation.domain $(ARGS)

bench: setup ## measure speed and memory beside other mock servers (needs wrk, npm, java)
	$(BIN)/python -m benchmarks $(ARGS)

soak: setup ## mixed traffic for ten minutes: errors, times and memory by the minute; fails when memory grows
	$(BIN)/python -m benchmarks.soak $(ARGS)

lock: ## renew requirements.lock from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --extra dev --no-header \
	  pyproject.toml -o requirements.lock

clean: ## remove what the targets made
	rm -rf .venv build dist site .mypy_cache .pytest_cache .ruff_cache
