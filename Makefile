# Everything that people and CI do here. Each target does its own set-up.

.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENT_VENV := .venv-client
CLIENT_BIN := $(CLIENT_VENV)/bin
READY := $(VENV)/.ready
CLIENT_READY := $(CLIENT_VENV)/.ready
PEERS_VENV := .venv-peers
PEERS_READY := $(PEERS_VENV)/.ready
OURS := generator tests examples benchmarks
# One worker a core: tests share nothing but the machine.
SPREAD := --numprocesses auto --maxprocesses 8 --dist worksteal
PACKAGES = $(patsubst %/,%,$(wildcard generated/*/))

# Nothing here may depend on what a person has set up for herself.
export PYTHONDONTWRITEBYTECODE = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
unexport PYTHONPATH PYTHONHOME

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "make %-14s %s\n", $$1, $$2 }'

$(READY): requirements/development.txt
	@$(PYTHON) -c 'import sys; sys.exit("clientmill needs Python 3.11 or later; try: make PYTHON=python3.13" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/development.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# What a client's user has: its own dependencies, and nothing of ours.
$(CLIENT_READY): requirements/client.txt
	$(PYTHON) -m venv --clear $(CLIENT_VENV)
	$(CLIENT_BIN)/python -m pip install --quiet --require-hashes -r requirements/client.txt
	@touch $@

# What benchmarks compare us with.
$(PEERS_READY): requirements/benchmarks.txt
	$(PYTHON) -m venv --clear $(PEERS_VENV)
	$(PEERS_VENV)/bin/python -m pip install --quiet --require-hashes -r requirements/benchmarks.txt
	@touch $@

.PHONY: setup
setup: $(READY) $(CLIENT_READY) ## Make the environments

.PHONY: generate
generate: $(READY) ## Regenerate all packages from all specs
	@$(BIN)/clientmill generate

.PHONY: test
test: lint types layers fresh test-ours test-generated ## Check everything that CI checks

.PHONY: lint
lint: $(READY) ## Format and lint, without changing anything
	$(BIN)/black --check --quiet $(OURS)
	$(BIN)/ruff check --quiet $(OURS)
	$(BIN)/clientmill fmt --check
	$(BIN)/ruff check --quiet --isolated --select F,I,E9 --line-length 120 --target-version py311 $(PACKAGES)

.PHONY: types
types: $(READY) $(CLIENT_READY) ## Check types strictly: ours, and each package by itself
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/python -m tests.generated.check_types $(CLIENT_BIN)/python $(PACKAGES)

.PHONY: layers
layers: $(READY) ## Check who imports whom
	$(BIN)/lint-imports --no-cache

.PHONY: fresh
fresh: $(READY) ## Check that generated/ is what the specs say
	$(BIN)/clientmill generate --check
	$(BIN)/clientmill schema | cmp - specs/schema.json

.PHONY: test-ours
test-ours: $(READY) $(CLIENT_READY) ## Run our own tests
	$(BIN)/python -m pytest -m "not alone" $(SPREAD)
	$(BIN)/python -m pytest -m alone

.PHONY: test-generated
test-generated: $(READY) ## Run the packages' own tests
	$(BIN)/python -m pytest $(SPREAD) --import-mode=prepend -p no:cacheprovider $(PACKAGES)

.PHONY: demo
demo: $(READY) $(CLIENT_READY) ## Run the examples against look-alikes of the vendors on this machine
	@$(BIN)/python -m tests.demo $(CLIENT_BIN)/python

.PHONY: bench
bench: $(READY) $(CLIENT_READY) $(PEERS_READY) ## Measure what things cost beside peers, into docs/performance.md; ROW=name for one, NOTE=1 keeps it
	$(BIN)/python -m benchmarks $(ROW) $(if $(ROW),$(if $(NOTE),--note),--note)

.PHONY: golden
golden: $(READY) ## Accept the current output as expected; read the diff before committing it
	$(BIN)/python -m tests.golden.accept
	$(BIN)/python -m tests.spec.accept
	$(BIN)/python -m tests.facts.vendor_pages
	$(BIN)/python -m tests.changes.accept
	$(BIN)/clientmill schema > specs/schema.json

.PHONY: torture
torture: $(READY) $(CLIENT_READY) ## Measure the figures of docs/reliability.md: a slice, or all with FULL=1; FIGURE=13 for one; NOTE=1 keeps them
	$(BIN)/python -m tests.torture $(if $(FULL),--full) $(if $(NOTE),--note) $(if $(SEED),--seed $(SEED)) $(FIGURE:%=--only %)

.PHONY: reliability
reliability: $(READY) ## Print docs/reliability.md from the list of cases and the noted figures
	$(BIN)/python -m tests.torture.page

.PHONY: format
format: $(READY) ## Format our code and the specs
	$(BIN)/black --quiet $(OURS)
	$(BIN)/ruff check --quiet --fix $(OURS)
	$(BIN)/clientmill fmt

.PHONY: requirements
requirements: ## Pin the newest versions, with hashes; needs uv
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml requirements/development.in -o requirements/development.txt
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url requirements/client.in -o requirements/client.txt
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url requirements/benchmarks.in -o requirements/benchmarks.txt

.PHONY: clean
clean: ## Remove environments and caches
	rm -rf $(VENV) $(CLIENT_VENV) $(PEERS_VENV) .benchmarks .clientmill dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache
