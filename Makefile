# Set-up is part of each target: `make demo` and `make test` are enough on a fresh machine. The second time nothing is
# installed. PYTHON=... chooses another interpreter than the first suitable one; it is needed only once.

SHELL := /bin/sh
PYTHON ?=
override VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
OCTAVE := octave --no-gui --norc --no-history --quiet
M_FILES := matlab examples tests .ci buildfile.m toolboxOptions.m

export TF_CPP_MIN_LOG_LEVEL ?= 3
unexport PYTHONDONTWRITEBYTECODE  # the tests start hundreds of processes, and each would compile the package anew

.PHONY: all help demo docs pictures test test-slow lint format bench bench-full venv octave setup clean FORCE

all: help

help:
	@echo 'make demo       set up, render example videos, train on some and mark others, from MATLAB or Octave'
	@echo 'make test       set up, check the style, run all tests that are not slow'
	@echo 'make test-slow  set up, run the slow tests'
	@echo 'make docs       set up Python, build the guide into build/docs'
	@echo 'make pictures   make the pictures of README and guide that are older than what they show; needs Chromium'
	@echo 'make lint       check the style, the types, and that the .m files are valid MATLAB'
	@echo 'make format     format all files as make lint requires'
	@echo 'make bench      set up, run the benchmarks'
	@echo 'make bench-full set up, measure accuracy on unseen recordings; about an hour'
	@echo 'make venv       set up Python only'
	@echo 'make clean      remove everything that was set up and built'

# The Python that MATLAB or Octave starts.
demo: export TOUCHTRAIN_PYTHON := $(CURDIR)/$(BIN)/python
demo: setup
	@$(BIN)/python examples/make_whisker_videos.py demo/whisker --recordings 32 --frames 300
	@$(BIN)/python examples/make_whisker_videos.py demo/new --recordings 4 --seed 2
	@if command -v matlab >/dev/null 2>&1; then \
	    matlab -batch "addpath('matlab'); addpath('examples'); run_demo" </dev/null; \
	else \
	    $(OCTAVE) --eval "addpath('matlab'); addpath('examples'); run_demo" </dev/null; \
	fi

# Two processes: one for all tests that train, one for the rest.
test: setup lint
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

test-slow: setup
	@$(BIN)/python -m pytest -m slow

# Nothing is taken from the network; a warning, such as a link that leads nowhere, is an error.
docs: venv
	@$(BIN)/python -m sphinx --quiet --fresh-env --fail-on-warning -d build/doctrees docs build/docs
	@echo 'The guide: build/docs/index.html'

# By the commands that they show, from the example videos; make pictures ALL=--all makes all of them, in some minutes.
pictures: setup
	@$(BIN)/python -m docs.pictures.make $(ALL)

bench: setup
	@$(BIN)/python tests/benchmarks/run.py

bench-full: setup
	@$(BIN)/python tests/benchmarks/full.py

# All checks run even if one fails, so that all faults are reported at once; that of the types beside the others.
lint: venv
	@failed=0; \
	$(BIN)/mypy --no-error-summary & types=$$!; \
	$(BIN)/ruff check --quiet . || failed=1; \
	$(BIN)/ruff format --quiet --check . || failed=1; \
	for checker in mh_lint mh_style; do \
	    report=$$($(BIN)/$$checker --brief $(M_FILES) 2>&1) || { echo "$$report"; failed=1; }; \
	done; \
	$(BIN)/python tests/lint/matlab_rules.py $(M_FILES) || failed=1; \
	wait $$types || failed=1; \
	[ $$failed = 0 ] && echo 'Lint: nothing found.'

format: venv
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format .
	@$(BIN)/mh_style --fix --brief $(M_FILES) || true

setup: venv octave

venv: $(INSTALLED)

# If the folder is copied or moved, the environment in it still points at the old place, and a system update may remove
# its Python. In both cases it is made again.
ifneq ($(shell [ -x $(BIN)/python ] && cat $(INSTALLED) 2>/dev/null),$(CURDIR))
$(INSTALLED): FORCE
endif

$(INSTALLED): pyproject.toml setup.py
	@sh .ci/setup python '$(VENV)' '$(PYTHON)'
	@echo '$(CURDIR)' >$@

# MATLAB and Octave are outside this folder, so each run looks for them; Octave is installed only if both are missing.
octave:
	@sh .ci/setup octave

clean:
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis ./*.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
