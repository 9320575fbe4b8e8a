# Two commands do everything: make results, make test. Each sets up .venv when needed.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
CORES  ?= $(shell getconf _NPROCESSORS_ONLN)
MIRROR ?=
VENV   := .venv
BIN    := $(VENV)/bin
export MOVELAWS_MIRROR := $(or $(MIRROR),$(MOVELAWS_MIRROR))
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES)
AT_HAND   := $(if $(MOVELAWS_MIRROR),config/at_hand.yaml)
INSTALL   := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: help results paper report test lint benchmarks unlock clean

help: ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 14

results: $(VENV)/.product ## every result of the embedded default, and its report
	$(SNAKEMAKE)
	@echo "The report: results/demo/report.html"

paper: $(VENV)/.product ## the published datasets (MIRROR=folder takes the raw files from there)
	$(SNAKEMAKE) --configfile config/paper.yaml $(AT_HAND)
	@echo "The report: results/paper/report.html"

report: $(VENV)/.product ## the report of the embedded default and what it needs
	$(SNAKEMAKE) report
	@echo "The report: results/demo/report.html"

test: $(VENV)/.test ## all tests (MIRROR=folder runs those on real data too)
	$(BIN)/python -m pytest --numprocesses $(CORES) --maxprocesses 8 --dist loadscope --no-loadscope-reorder

lint: $(VENV)/.test ## ruff, snakefmt and snakemake --lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

benchmarks: $(VENV)/.product ## timings against the peers, in environments of their own
	$(SNAKEMAKE) benchmarks

unlock: $(VENV)/.product ## after a run was killed: take its lock off this folder
	$(SNAKEMAKE) --unlock

clean: ## remove the embedded default's results (paper results and raw data stay)
	rm -rf results/demo logs/demo benchmarks/demo

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "$(PYTHON) is not Python 3.11, which the lock is made for: set PYTHON=..."; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.product: envs/requirements.txt | $(BIN)/python
	@echo "Setting up $(VENV) from envs/requirements.txt (a minute or two) ..."
	$(INSTALL) -r envs/requirements.txt
	touch $@

$(VENV)/.test: envs/test.txt | $(BIN)/python
	@echo "Setting up $(VENV) from envs/test.txt (a minute or two) ..."
	$(INSTALL) -r envs/test.txt
	touch $@
