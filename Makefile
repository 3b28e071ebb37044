# Development tasks. "make help" lists them.
#
# One virtual environment serves every task. "serve" needs only the runtime lock; the other tasks add the
# development lock, which contains the runtime lock with the same versions. A stamp file records each
# installation, so that a task whose locks have not changed runs without the network.

SHELL := /bin/sh
.SHELLFLAGS := -eu -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8080
WORKERS ?= 2
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime-stamp
DEV := $(VENV)/.dev-stamp
UV := build/lock/bin/uv
UV_VERSION := 0.13.9

PIP := -m pip --quiet --no-input --disable-pip-version-check
COMPILE := $(UV) pip compile --universal --python-version 3.11 --only-binary :all: --generate-hashes \
	--no-header --quiet $(ARGS)

.PHONY: help venv serve test mutants coverage lint format bench bench-peers wheel docs openapi lock clean distclean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed, for example: make PYTHON=python3.12" >&2; exit 1; }
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUNTIME): requirements.lock $(PY)
	@echo "Installing the runtime into $(VENV)"
	@$(PY) $(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(DEV): requirements-dev.lock requirements.lock pyproject.toml $(PY)
	@echo "Installing the development tools into $(VENV)"
	@$(PY) $(PIP) install --require-hashes -r requirements-dev.lock
	@$(PY) $(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $(RUNTIME) $@

venv: $(DEV) ## build the development environment in .venv

serve: $(RUNTIME) ## serve every vendor (HOST=, PORT=, ARGS=)
	@exec $(PY) -m emulator serve --host $(HOST) --port $(PORT) $(ARGS)

test: $(DEV) ## run the test suite (WORKERS=, ARGS=)
	@$(PY) -m pytest -n $(WORKERS) $(ARGS)

mutants: $(DEV) ## change the contracts one fact at a time and see which test notices (ARGS=)
	$(PY) -m tests.contracts.mutants $(ARGS)

coverage: $(DEV) ## run the test suite and report the lines and branches that it missed
	@$(PY) -m coverage erase
	$(PY) -m coverage run -m pytest -n $(WORKERS) $(ARGS)
	@$(PY) -m coverage combine --quiet
	@$(PY) -m coverage report

lint: $(DEV) ## check style, types and contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m emulator check

format: $(DEV) ## rewrite the sources in the agreed format
	$(PY) -m ruff check --fix-only --exit-zero .
	$(PY) -m ruff format .

bench: $(DEV) ## measure throughput, latency, start-up and memory (ARGS=)
	$(PY) bench/run.py $(ARGS)

bench-peers: $(DEV) ## the same against other servers, installed into build/peers (ARGS=)
	$(PY) bench/peers.py $(ARGS)

wheel: $(DEV) ## build the source archive and the wheel in dist
	$(PY) -m hatchling build -d dist

docs: $(DEV) ## write the reference pages to build/docs
	$(PY) -m emulator docs -o build/docs

openapi: $(DEV) ## write one OpenAPI document for each vendor to build/openapi
	@mkdir -p build/openapi
	@for file in contracts/*/vendor.json; do \
		vendor=$$(basename "$$(dirname "$$file")"); \
		$(PY) -m emulator openapi "$$vendor" -o "build/openapi/$$vendor.json"; \
		echo "build/openapi/$$vendor.json"; \
	done

$(UV):
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python $(PIP) install uv==$(UV_VERSION)

lock: $(UV) ## resolve the lock files again (ARGS=--upgrade for newer versions)
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev --extra fuzz -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --group build -c requirements-dev.lock -o requirements-build.lock

clean: ## remove what the tasks have produced, except .venv
	rm -rf build dist htmlcov .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

distclean: clean ## remove .venv as well
	rm -rf $(VENV)
