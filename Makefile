# Everything a developer or a build machine does with Wayhome. `make help` prints the sentences behind the targets.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
ARGS ?=
SERVICES := registry returns reintegration reporting

.PHONY: help setup demo up down test check format bench kafka kafka-stop migrate contracts lock clean

help: ## Print this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

setup: ## Build and start the deployment with containers, secrets made on first use; settings from .env (see .env.example).
	@deploy/compose/up.sh

down: ## Stop what `up` started; the data stays.
	docker compose --profile '*' down
	@echo "The data is kept. To remove it for good: docker compose --profile '*' down --volumes, and the folder of the secrets."

bench: ## Measure throughput and delays; not there yet.
	@echo "make bench: the benchmarks are not part of this version; 'make demo ARGS=--once' prints the season's rate." >&2; exit 2

kafka: setup ## Fetch Apache Kafka from Maven Central if need be and start one node in the background (needs Java 17).
	@$(BIN)/python -m deploy.kafka start $(ARGS)

kafka-stop: setup ## Stop the local Apache Kafka; its records stay.
	@$(BIN)/python -m deploy.kafka stop

clean: ## Remove the environment, caches and build results; the demo's state in .local stays (empty it with `wayhome demo --fresh`).
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
