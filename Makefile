# What people run. Each target may be run again at any time; the first one that needs .venv makes it.
.DEFAULT_GOAL := help
.PHONY: help lab test check measure notebooks slides lint learner developer
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

# The first Python that is one of the tested versions; name another with `make lab PYTHON=...`.
ifndef PYTHON
TESTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON := $(or $(shell for name in python3 python3.11 python3.12 python3.13 python; do \
  "$$name" -c "$(TESTED)" 2>/dev/null && echo "$$name" && break; done),python3)
endif

PY := .venv/bin/python
WORKSHOP := $(PY) -m workshop.cli
# Side by side, two threads a worker were seen many times slower than one. A worker that is done takes over what the
# other has left: slow tests lie close together.
ONE_THREAD := OMP_NUM_THREADS=1
WORKERS ?= 2
TESTS ?= tests
# Why tests were skipped, of both runs: the last line says it in short.
SKIPS := build/skips.jsonl

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1  -  /p' Makefile

learner developer:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { echo "setup: found no Python. Install 3.11, 3.12 or 3.13, or name one: make lab PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" tools/bootstrap.py $(if $(filter developer,$@),dev,lab)

lab: learner ## open the lessons in JupyterLab (about 3 minutes the first time, seconds after)
	@$(WORKSHOP) fetch
	@$(WORKSHOP) doctor
	@$(WORKSHOP) lab

test: developer ## pass every test, notebooks included (about half an hour on two cores)
	@$(WORKSHOP) fetch
	@echo "Every test: about half an hour on two cores."
	@mkdir -p build && rm -f $(SKIPS)
	@WORKSHOP_SKIPS=$(SKIPS) $(ONE_THREAD) $(PY) -m pytest -q tests/browser
	@WORKSHOP_SKIPS=$(SKIPS) $(ONE_THREAD) $(PY) -m pytest -n $(WORKERS) --dist worksteal --ignore=tests/browser $(TESTS)

check: developer ## the maintainer's loop: lint, fast tests, fresh notebooks (about a minute and a half, offline)
	@echo "Lint, fast tests, fresh notebooks: about a minute and a half."
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet .
	@$(ONE_THREAD) $(PY) -m pytest -q -n $(WORKERS) -m "not slow and not browser" $(TESTS)
	@$(WORKSHOP) build --check

measure: developer ## the long runs behind the lessons' figures (STEMS=01_word_embeddings for one lesson; up to hours)
	@echo "The long runs: half an hour or more a lesson. Stop with Ctrl-C; the next run goes on from there."
	@$(PY) -m studies $(STEMS)

notebooks: developer ## make notebooks/ from solutions/ (seconds)
	@$(WORKSHOP) build

slides: developer ## export the lessons as slides into build/slides/ (up to two minutes a lesson)
	@$(WORKSHOP) slides

lint: developer ## put the code into shape and show what is left to mend (seconds)
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .
