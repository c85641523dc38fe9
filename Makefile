# Every target sets up what it needs first; a fresh machine needs Python 3.11+ and make.
# PYTHON chooses the interpreter of the environment. Name one of another version, and it is made anew.
PYTHON ?= python3
SET_UP := "$(PYTHON)" environment.py $(if $(filter file,$(origin PYTHON)),,--this-python)
BIN := .venv/bin
# Without its compiled form Python reads the code anew in each of the hundreds of processes that tests start.
unexport PYTHONDONTWRITEBYTECODE
# In some processes more than there are cores, see tests/conftest.py; ARGS="-n 0" runs the tests in one.
PYTEST := $(BIN)/pytest -n auto --dist worksteal
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup system-packages serve docs docs-beside docs-zensical docs-serve test clients crash lint bill-of-materials audit advisories check release-check contract mutation mutation-domain bench soak lock clean

help: ## show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 24

setup: ## make the virtual environment from the lock file
	@$(SET_UP) everything

system-packages: setup ## install the programs that the tests run beside Python (Debian, as root)
	@$(BIN)/python -m tests.programs --strict

DOCS_BESIDE ?= $(MAKE) --silent --no-print-directory docs-beside

serve: ## run the mock with its seed data (ARGS="--port 9000" passes options on)
	@$(SET_UP) serve
# Once it has answered, the mock builds its documentation with this command, unless DOCS_BESIDE is empty.
	@ECF_MOCK_DOCS_COMMAND="$(DOCS_BESIDE)" $(BIN)/ecf-mock serve $(ARGS)

# The banner that this silences is about a version of MkDocs that isn't used here.
MKDOCS := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs

docs: setup ## build the documentation strictly, into build/site
	$(BIN)/python -m docs.generator
	$(MKDOCS) build --strict -f build/mkdocs.yml

docs-zensical: setup ## build the documentation with Zensical, into build/zensical (docs/zensical.md says what differs)
	$(BIN)/python -m docs.generator
	printf 'INHERIT: mkdocs.yml\nsite_dir: zensical\n' > build/zensical.yml
	$(BIN)/zensical build --clean --strict -f build/zensical.yml

# For the mock that serves: in an environment of its own, and in the place of the site only when all of it is there.
docs-beside:
	@test -f build/site/index.html || { $(SET_UP) documentation && .venv-docs/bin/python -m docs.generator && \
	  NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict -f build/mkdocs.yml --site-dir site.new && \
	  rm -rf build/site && mv build/site.new build/site; }

DOCS_PORT ?= 8001

docs-serve: setup ## show the documentation at http://127.0.0.1:8001 (DOCS_PORT), built anew at each change
	@$(BIN)/python -m docs.generator.free_port $(DOCS_PORT)
	$(BIN)/python -m docs.generator
	$(MKDOCS) serve -f build/mkdocs.yml --dev-addr 127.0.0.1:$(DOCS_PORT)

test: setup ## run every test; as root on Debian, install the programs that they need
	@$(BIN)/python -m tests.programs
	$(PYTEST) $(ARGS)

clients: setup ## drill every client of the tests: faulty ones must fail, correct ones must pass
	$(BIN)/pytest tests/harness/readiness/clients/every_client.py tests/harness/readiness/v3/every_client.py -q $(ARGS)

KILLS ?= 200

crash: setup ## kill the server KILLS times under clients that write; nothing that was answered may be lost
	$(BIN)/pytest tests/sandbox/state/test_crash.py -s --kills $(KILLS)

lint: setup ## lint and types: the code, the workflows, the action, the image
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/actionlint
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	$(BIN)/zizmor --quiet --no-progress --offline .github action.yml
	$(BIN)/hadolint Dockerfile
	$(BIN)/kubernetes-validate --quiet --strict docs/operations/kubernetes.yaml

# In an environment of its own: what it brings makes jsonschema, which the mock uses, slow to import.
bill-of-materials: setup ## list what a release has inside (CycloneDX), into build/ecf-mock.cdx.json
	@mkdir -p build
	$(BIN)/uvx --exclude-newer 2026-11-27 --from cyclonedx-bom==7.5.0 cyclonedx-py requirements requirements-serve.lock --pyproject pyproject.toml --of JSON -o build/ecf-mock.cdx.json

audit: setup ## ask PyPI for known vulnerabilities of the locked dependencies; no answer fails it, too
	$(BIN)/python -m tests.advisories --strict

advisories: setup ## ask the same, and go on without a network
	$(BIN)/python -m tests.advisories

# make takes them in this order, unless it is told to work in parallel.
check: lint advisories test ## what CI runs: lint, types, known vulnerabilities, tests

release-check: docs ## build a release and get it as users do: uvx, pipx, pip, plugin (needs a network)
	$(BIN)/pytest tests/release/from_packages.py -q $(ARGS)

contract: setup ## check that the mock keeps the contract (ARGS="--html build/check.html" passes options on)
	$(BIN)/ecf-mock check $(ARGS)

mutation: setup ## plant faults in the mock and see that the contract check notices each (ARGS="--service v1 --resume")
	$(BIN)/python -W ignore -m tests.mutation $(ARGS)

mutation-domain: setup ## change the domain's code bit by bit and see that its tests notice; survivors under 5 %
	$(BIN)/python -m tests.mutation.domain $(ARGS)

bench: setup ## measure speed and memory beside other mock servers (needs wrk, npm, java)
	$(BIN)/python -m benchmarks $(ARGS)

soak: setup ## mixed traffic for ten minutes: errors, times and memory by the minute; fails when memory grows
	$(BIN)/python -m benchmarks.soak $(ARGS)

COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header

lock: ## renew the lock files from pyproject.toml (needs uv)
	$(COMPILE) --extra dev pyproject.toml -o requirements.lock
# The same versions, of the packages that serving needs and of those that install the project itself.
	$(COMPILE) --extra fast --group install -c requirements.lock pyproject.toml -o requirements-serve.lock
# The same versions, of the packages that build the documentation beside a server.
	$(COMPILE) --extra docs --group install -c requirements.lock pyproject.toml -o requirements-docs.lock
# The same versions, of what the image has, and of what builds it.
	$(COMPILE) --extra fast --extra check -c requirements.lock pyproject.toml -o requirements-image.lock
	$(COMPILE) --group install -c requirements.lock -o requirements-build.lock

clean: ## remove what the targets made
	rm -rf .venv .venv-docs build dist site .mypy_cache .pytest_cache .ruff_cache
