# BiSpike. `make demo` and `make test` do all set-up themselves on a machine with Python 3.11+, make, g++ and perl.
#
#   make venv         the environment alone, .venv, which the others make, too, where it is missing
#   make demo         the chip learns handwritten digits in simulation, and to recall them; a report in runs/demo
#   make test         lint and the tests of core, model, driver and commands; installs Icarus Verilog where it can
#   make prove        blocks of the core proven from their own assertions, and broken to see the proofs fail (docs/proofs.md)
#   make mutate       200 faults, one by one, in the netlist of a small core: do the benches see them? (docs/proofs.md)
#   make test-boards  tests that synthesise, place and route
#   make test-all     test, prove and test-boards, and the long tests
#   make bench        the table of figures (FULL=1: eight splits, Fashion-MNIST, all tasks; an hour or more)
#   make lint         ruff: rules and format
#   make clean        removes what was built and measured, keeps the environment
#
# PYTHON=python3.12     which Python makes the environment (default: the first of 3.11 or newer)
# TORCH_INDEX=URL       where pip finds torch, for example PyTorch's own index of CPU wheels (default: see scripts/setup)

SHELL := /bin/bash
BIN := .venv/bin
STAMP := .venv/.ready
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal --durations=25
export PYTHON TORCH_INDEX

.DEFAULT_GOAL := help
.PHONY: help venv demo test prove mutate test-boards test-all bench lint clean icarus

help:
	@sed -n 's/^#   //p' Makefile

venv: $(STAMP)

$(STAMP): pyproject.toml scripts/setup
	@bash scripts/setup venv
	@touch $@

icarus:
	@bash scripts/setup icarus

demo: $(STAMP)
	@$(BIN)/python -m sw.demo

test: $(STAMP) icarus lint
	@$(PYTEST) -m "not long and not boards"

prove: $(STAMP)
	@$(BIN)/python -m tests.formal

mutate: $(STAMP)
	@$(BIN)/python -m tests.mutate

test-boards: $(STAMP) icarus
	@$(PYTEST) -m "boards and not long"

test-all: $(STAMP) icarus lint prove
	@$(PYTEST)

bench: $(STAMP)
	@$(BIN)/bispike bench $(if $(FULL),--full)

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

clean:
	rm -rf build runs bench.json bench-boards.json paper.json .pytest_cache .ruff_cache .hypothesis *.egg-info
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
