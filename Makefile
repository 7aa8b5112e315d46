# Works with nothing but make and Python 3.11 or later; needs no root. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Name another interpreter with PYTHON=/path/to/python3.12. The lock file holds for 3.11 to 3.13.
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$each"; break; }; done)
BIN := .venv/bin
READY := .venv/.ready
PYTEST := $(BIN)/pytest -n 2 -q
DEMO := demo

.PHONY: help setup demo serve test test-all test-spark lint types format docs bench changelog lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv and install the locked packages (no root)

$(READY): requirements/dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed, and none was found." \
		"Install one, or name it: make setup PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

demo: setup ## Make a synthetic border world, run the whole way on it, score what was found
	rm -rf $(DEMO)
	mkdir -p $(DEMO)
	$(BIN)/ironriver world make $(DEMO)/world --seed 1 --firearms 20000
	$(BIN)/ironriver run $(DEMO)/world/inbox --workspace $(DEMO)/workspace
	$(BIN)/ironriver world score $(DEMO)/workspace $(DEMO)/world/truth
	@echo "The findings as a page: $(DEMO)/workspace-findings-en.html, $(DEMO)/workspace-findings-es.html"

$(DEMO)/workspace-findings-en.html:
	$(MAKE) demo

serve: $(READY) $(DEMO)/workspace-findings-en.html ## Serve the demo's findings on 127.0.0.1:8765 (no workbench yet)
	@echo "The workbench is not built yet; this serves the findings report of make demo:"
	@echo "http://127.0.0.1:8765/workspace-findings-en.html  (Ctrl-C ends it)"
	mkdir -p $(DEMO)/pages && cp $(DEMO)/workspace-findings-*.html $(DEMO)/pages
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory $(DEMO)/pages 8765

lint: setup ## Check style and spelling of the code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup ## Check types
	$(BIN)/mypy

format: setup ## Put the code in house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: setup lint types ## Style, types and all tests but the slow ones
	$(PYTEST)

test-all: setup lint types test-spark ## The same with the slow tests, and those on Spark
	$(PYTEST) --slow

test-spark: setup ## The tests that run on a real Spark in local mode (needs Java 17)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/spark.txt
	$(BIN)/pytest -q -m spark

docs: setup ## Write docs/*.md anew from the code
	$(BIN)/python tools/build_docs.py

bench: setup ## Run every benchmark and print its table
	@scripts="$$(grep -l __main__ benchmarks/*.py)"; for script in $$scripts; do \
		echo "== $$script"; $(BIN)/python "$$script"; done

changelog: setup ## Gather changes/*.md into CHANGELOG.md
	$(BIN)/python tools/gather_changes.py

lock: $(READY) ## Write requirements/*.txt anew from pyproject.toml
	$(BIN)/python -m venv .venv/lock
	.venv/lock/bin/pip install --quiet --disable-pip-version-check pip-tools
	PATH="$(CURDIR)/.venv/lock/bin:$$PATH" tools/lock.sh

clean: ## Remove what the targets made, .venv apart
	rm -rf $(DEMO) build dist bench-results .pytest_cache .mypy_cache .ruff_cache .hypothesis
