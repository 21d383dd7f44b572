# Everything works from a clean clone. `make` alone lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.SUFFIXES:

PY := .venv/bin/python
NODES := $(PY) -m deploy.local.nodes
PYTEST := $(PY) -m pytest -p no:pytest_nameko
# Files run side by side: one more than there are cores, because the longest mostly wait for the processes they started (tests/conftest.py has the order).
SIDE_BY_SIDE := -n 3 --dist loadfile --no-loadscope-reorder
# Arguments for pytest, for example `make test-unit ARGS="-k deadline"`.
ARGS ?=
# The generated protos are a package of their own.
export PYTHONPATH := $(CURDIR):$(CURDIR)/gen
# Container images often forbid bytecode; here hundreds of processes start, and each would compile the whole checkout again.
export PYTHONDONTWRITEBYTECODE :=
SECONDS ?= 60
SEED ?= $(shell od -An -N3 -tu4 /dev/urandom | tr -d ' ')

##@ Start here

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z0-9-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: setup packages ## The whole house: nodes, services, a sample city and its working day; stays up until Ctrl-C
	@exec $(PY) -m deploy.local.run

.PHONY: demo
demo: setup packages ## As `run`, then check that nothing was lost or counted twice, and stop; exit code 0 or 1
	@exec $(PY) -m deploy.local.run --demo

.PHONY: test
test: setup packages ## The whole test suite, on real RabbitMQ and PostgreSQL of its own
# Cheap layers first: a broken rule of the field is told in seconds, not after the city has played its day.
	@$(NODES) with $(SHELL) -c '$(PYTEST) $(SIDE_BY_SIDE) tests/unit tests/contract $(ARGS) && $(PYTEST) $(SIDE_BY_SIDE) tests/integration tests/e2e $(ARGS)'

.PHONY: check
check: lint types imports proto-check docs-check ## Everything CI asks for besides the tests

##@ Environment

.PHONY: setup
setup: ## Make .venv from requirements.lock (nothing to do if it is that already)
	@deploy/local/setup.sh

.PHONY: packages
packages: ## Find RabbitMQ and PostgreSQL; as root on Debian install what is missing
	@deploy/local/packages.sh nodes

.PHONY: lock
lock: setup ## Resolve pyproject.toml anew into requirements.lock
	@echo "==> resolving"
	@.venv/bin/uv pip compile --quiet pyproject.toml --all-extras --generate-hashes --no-emit-index-url \
		--python-version 3.11 -o requirements.lock

.PHONY: nodes
nodes: setup packages ## Start the private RabbitMQ and PostgreSQL; they stay up
	@$(NODES) up

.PHONY: nodes-stop
nodes-stop: ## Stop them; their data stays
	@[ ! -x $(PY) ] || $(NODES) down

.PHONY: clean
clean: ## Stop the nodes and delete everything these targets made, .venv too
	@[ ! -x $(PY) ] || $(NODES) purge
	@rm -rf .local .state .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

##@ Tests by layer (ARGS="…" goes to pytest)

.PHONY: test-unit
test-unit: setup ## Pure rules; no sockets, seconds
	@$(PYTEST) tests/unit $(ARGS)

.PHONY: test-contract
test-contract: setup packages ## What others rely on: events, protos, deploy files, drivers
	@$(NODES) with $(PYTEST) tests/contract $(ARGS)

.PHONY: test-integration
test-integration: setup packages ## One part at a time against real servers
	@$(NODES) with $(PYTEST) $(SIDE_BY_SIDE) tests/integration $(ARGS)

.PHONY: test-e2e
test-e2e: setup packages ## The house as processes: the demo day and the faults
	@$(NODES) with $(PYTEST) $(SIDE_BY_SIDE) tests/e2e $(ARGS)

.PHONY: chaos
chaos: setup packages ## Random faults for SECONDS= with SEED= (printed); oracles must hold
	@$(PY) -m tests.chaos --seconds $(SECONDS) --seed $(SEED)

.PHONY: mutants
mutants: setup packages ## Break the chassis on purpose, one patch at a time; the suite must notice each
	@$(NODES) with $(PY) -m tests.mutants

.PHONY: bench
bench: setup packages ## Measure against the peers; writes bench/results.json
	@$(NODES) with $(PY) -m bench

.PHONY: bench-cases
bench-cases: setup packages ## The life of a case with a million stored (HALLBUS_BENCH_CASES=…), against empty tables
	@$(NODES) with $(PY) -m bench cases --rounds 3 --seconds 15

##@ Source

.PHONY: fmt
fmt: setup ## Format and fix what can be fixed by itself
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

.PHONY: lint
lint: setup ## Style (changes nothing)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

.PHONY: types
types: setup ## Static types
	@$(PY) -m mypy

.PHONY: imports
imports: setup ## Who may import whom
	@.venv/bin/lint-imports

.PHONY: proto
proto: setup ## Generate the gateway's code from proto/
	@$(PY) -m gateway.protogen

.PHONY: proto-check
proto-check: setup ## Is the generated code that of proto/?
	@$(PY) -m gateway.protogen --check

.PHONY: docs
docs: setup ## Generate docs/events.md, AsyncAPI and JSON Schemas from contracts/
	@$(PY) -m contracts.docs

.PHONY: docs-check
docs-check: setup ## Are the generated documents those of contracts/?
	@$(PY) -m contracts.docs --check

##@ Operations (on the running house, or on AMQP_URI and DATABASE_URL)

.PHONY: migrate
migrate: setup packages ## Bring every service's schema to the newest version
	@$(NODES) exec $(PY) -m chassis.migrations upgrade

.PHONY: rotate-keys
rotate-keys: setup ## Bring what SERVICE= has sealed to the current keys, in small transactions
	@[ -n "$(SERVICE)" ] || { echo "rotate-keys: SERVICE is missing, for example: make rotate-keys SERVICE=intake" >&2; exit 2; }
	@$(NODES) exec $(PY) -m chassis.sealing rotate $(SERVICE)

.PHONY: parked
parked: setup ## List the messages that failed for good, with their reasons
	@$(NODES) exec $(PY) -m chassis.parking list

.PHONY: replay
replay: setup ## Put parked messages of QUEUE= back to work
	@[ -n "$(QUEUE)" ] || { echo "replay: QUEUE is missing, for example: make replay QUEUE=scoring.facts" >&2; exit 2; }
	@$(NODES) exec $(PY) -m chassis.parking replay $(QUEUE)
