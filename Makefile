# make demo   the whole study on a simulated cohort: results/demo/report.html
# make test   the tests
# make docs   the documentation as a site: docs/_build/index.html
# make lint   ruff, types, order of the packages, format of the workflow, snakemake --lint
# Each sets up .venv from requirements.lock by itself; `make help` lists the rest.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CORES ?= 2
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help hd-bet-1 demo test test-slow lint docs format lock clean-demo
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# make/make/p' $(MAKEFILE_LIST)
# make test-slow    the tests that take minutes each
# make format       format code and workflow
# make lock         resolve requirements.lock anew from pyproject.toml
# make hd-bet-1     install the networks of HD-BET 1 (294 MB)
# make clean-demo   remove the demo's results

demo: $(READY)
	$(BIN)/radnec run --configfile config/demo.yaml --cores $(CORES) --gpus 1

test: $(READY)
	$(BIN)/python -m pytest -n $(CORES)

test-slow: $(READY)
	$(BIN)/python -m pytest -m slow

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint --configfile config/demo.yaml

docs: $(READY)
	$(BIN)/sphinx-build -W --keep-going -q docs docs/_build
	@echo "Open docs/_build/index.html"

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

# The +cpu of a CPU build is cut off, so that the same lock serves with and without CUDA:
# torch pins its own CUDA packages exactly.
lock: $(READY)
	$(BIN)/pip-compile --quiet --extra dev --extra docs --strip-extras --allow-unsafe --no-annotate \
	  --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --output-file requirements.lock pyproject.toml
	sed -i 's/^\(torch==[0-9.]*\)+cpu/\1/' requirements.lock

hd-bet-1: $(READY)
	$(BIN)/python -m pip install --quiet --editable ".[hd-bet-1]" -c requirements.lock

clean-demo:
	rm -rf results/demo

# The first of these that is Python 3.11 or newer makes the environment. Nothing is compiled
# beforehand: that takes a minute, and most of the modules are never imported. Where a container
# forbids to keep what is compiled at the first import, every job of the workflow would compile all
# of its modules anew, which doubles the time of the demo: hence `unexport`.
$(READY): requirements.lock pyproject.toml
	@python=; for name in $(PYTHON) python3.11 python3.12 python3.13 python3 python; do \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    python=$$name; break; fi; done; \
	if [ -z "$$python" ]; then \
	  echo "radnec needs Python 3.11 or newer and found none; name it: make PYTHON=/path/to/python $(MAKECMDGOALS)" >&2; \
	  exit 1; fi; \
	echo "Setting up $(VENV) with $$($$python --version)"; \
	$$python -m venv $(VENV) && \
	$(BIN)/python -m pip install --quiet --no-compile -r requirements.lock && \
	$(BIN)/python -m pip install --quiet --no-deps --editable . && \
	touch $@
