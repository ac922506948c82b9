# Everything a developer or a build machine does with Wayhome. `make help` prints the sentences behind the targets.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
ARGS ?=
SERVICES := registry returns reintegration reporting

.PHONY: help setup demo up down test check format bench resilience kafka kafka-stop migrate contracts lock clean

help: ## Print this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

setup: ## Install what the locks say into .venv, with uv or pip; does nothing when it is already so.
	@deploy/setup.sh

demo: setup ## Start everything on this machine and play a family's return; options through ARGS="--once --cases 200".
	@$(BIN)/wayhome demo $(ARGS)

test: setup ## Run the whole test suite; options through ARGS="tests/returns -k arrival".
	@$(BIN)/python -m pytest -n 2 $(ARGS)

check: setup ## Run every machine check that is not a test: format, lint, types, layers, locks, contract snapshots.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tests.architecture.locks
	@for service in $(SERVICES); do \
		echo "contracts of $$service"; $(BIN)/python -m services.$$service contracts --check || exit 1; \
	done
	$(BIN)/python -m deploy.contracts --check

format: setup ## Put the code into the shape that `check` wants, as far as a machine can.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migrate: setup ## Bring the databases that the WAYHOME_<SERVICE>_DATABASE_URL variables name to the newest revision.
	@for service in $(SERVICES); do $(BIN)/python -m services.$$service migrate || exit 1; done

contracts: setup ## Write the contracts anew: schemas and examples of the events, OpenAPI, AsyncAPI, docs/events.md.
	@for service in $(SERVICES); do $(BIN)/python -m services.$$service contracts || exit 1; done
	@$(BIN)/python -m deploy.contracts

lock: ## Resolve the dependencies anew (needs uv) and write both locks.
	uv lock
	uv export --quiet --locked --no-emit-project --all-extras --all-groups --no-header --no-annotate \
		--format requirements-txt --output-file requirements.lock

up: ## Build and start the deployment with containers, secrets made on first use; settings from .env (see .env.example).
	@deploy/compose/up.sh

down: ## Stop what `up` started; the data stays.
	docker compose --profile '*' down
	@echo "The data is kept. To remove it for good: docker compose --profile '*' down --volumes, and the folder of the secrets."

bench: setup ## Measure throughput and delays beside their ceilings; ARGS="--quick", "--only relay", "--profile consumer".
	@$(BIN)/python -m tests.bench $(ARGS)

resilience: setup ## Kill, stop and cut at random on both engines, then take out each safeguard; ARGS="--seed 7 --kills 50".
	@$(BIN)/python -m tests.resilience $(ARGS)

kafka: setup ## Fetch Apache Kafka from Maven Central if need be and start one node in the background (needs Java 17).
	@$(BIN)/python -m deploy.kafka start $(ARGS)

kafka-stop: setup ## Stop the local Apache Kafka; its records stay.
	@$(BIN)/python -m deploy.kafka stop

clean: ## Remove the environment, caches and build results; the demo's state in .local stays (empty it with `wayhome demo --fresh`).
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
