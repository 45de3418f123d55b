# Two commands are enough: `make run` and `make test`. Each does its whole set-up, in .venv.
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest
# Two workers suit the smallest machine this runs on; one of them holds the browser.
WORKERS ?= 2
SET_UP_FROM := pyproject.toml constraints.txt
ASK_VERSION := import sys; sys.exit(sys.version_info < (3, 11))
# The system's own Python is built for speed; another that stands before it on the path often is not, and takes a fifth
# longer to understand a message. It is taken where it is new enough and can set up an environment.
ifndef PYTHON
PYTHON := $(shell /usr/bin/python3 -c 'import ensurepip; $(ASK_VERSION)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
endif

# Compiled once and kept: else each of the processes that the tests start, and each start of ours, compiles everything.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-long mutants chromium readme constraints clean

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/set-up-to-run ## set up, start Stocktalk with its demo chain, print the address (ARGS="..." goes along)
	@$(BIN)/stocktalk run $(ARGS)

test: .venv/set-up-to-test ## set up and run every check and test but the long ones
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict core data handlers bot
	$(BIN)/lint-imports
	@$(BIN)/python -m tests.chromium
	$(PYTEST) -n $(WORKERS) --dist loadgroup $(ARGS)

test-long: .venv/set-up-to-test ## run the tests that take minutes
	@$(BIN)/python -m tests.chromium
	$(PYTEST) -m long -n $(WORKERS) --dist loadgroup $(ARGS)

mutants: .venv/set-up-to-test ## break the code in each known way: a named test must notice (ARGS="a.patch ..." picks some)
	@$(BIN)/python -m tests.mutants.run $(ARGS)

chromium: .venv/set-up-to-test ## find the browser of the tests, or install it where that is allowed
	@$(BIN)/python -m tests.chromium

readme: .venv/set-up-to-test ## write the map of the house into README.md, from the packages' docstrings
	@$(BIN)/python -m tests.house_map --write

constraints: .venv/set-up-to-run ## renew constraints.txt with the newest versions pyproject.toml allows
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && \
	$(PYTHON) -m venv "$$scratch/venv" && \
	"$$scratch/venv/bin/python" -m pip --disable-pip-version-check install -q -e '.[test]' && \
	{ sed -n '/^#/p' constraints.txt && \
	  "$$scratch/venv/bin/python" -m pip freeze --exclude-editable | grep -E '^[A-Za-z0-9._-]+==[^ ]+$$'; } \
	  > "$$scratch/constraints.txt" && \
	cp "$$scratch/constraints.txt" constraints.txt

clean: ## remove what the set-up and the tests made; the database in var/ stays
	rm -rf .venv *.egg-info build .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are files, so that a change of either file, and nothing else, sets up again.
.venv/bin/pip:
	@command -v $(PYTHON) >/dev/null || { echo "Stocktalk needs Python 3.11 or newer, and there is no $(PYTHON) here." >&2; exit 1; }
	@$(PYTHON) -c '$(ASK_VERSION)' || { echo "Stocktalk needs Python 3.11 or newer; $(PYTHON) here is $$($(PYTHON) --version 2>&1). A newer one is named with: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/set-up-to-run: $(SET_UP_FROM) | .venv/bin/pip
	@echo "Setting up .venv to run Stocktalk."
	@$(PIP) install -q -c constraints.txt -e .
	@touch $@

.venv/set-up-to-test: $(SET_UP_FROM) | .venv/bin/pip
	@echo "Setting up .venv to run and test Stocktalk."
	@$(PIP) install -q -c constraints.txt -e '.[test]'
	@touch .venv/set-up-to-run $@
