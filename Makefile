# Everything happens inside this folder: environments in .venv*, their temporary files too.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_NO_CACHE_DIR := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE :=
export TMPDIR := $(CURDIR)/.venv-tmp
unexport PYTHONPATH

.PHONY: help bench test test-all lint types gold sizes constraints clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

bench: .venv/bench  ## the leaderboard of the built-in extractors on the gold article (sets up .venv)
	@.venv/bin/goldwire bench

test: .venv/test  ## the tests that need no server, browser or build (sets up .venv)
	@.venv/bin/python -m pytest -q
	@echo "Left out: lint, strict types, the import contract, and the tests of wheel and sdist; 'make test-all' adds them."

test-all: .venv/dev  ## everything: the tests, lint, types, import contract, and the wheel built and tested (sets up .venv*)
	@$(MAKE) --no-print-directory lint types
	.venv/bin/python -m pytest -q
	@$(MAKE) --no-print-directory test-wheel

lint: .venv/dev  ## ruff, formatting, and the contract that imports run one way
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports --no-logo 2>/dev/null || .venv/bin/lint-imports

types: .venv/dev  ## mypy, strict
	.venv/bin/mypy

test-wheel: .venv/dev
	rm -rf dist .venv-wheel
	.venv/bin/python -m build --quiet --outdir dist .
	$(PYTHON) -m venv .venv-wheel
	.venv-wheel/bin/pip install --quiet "$$(ls dist/*.whl)[natasha,test]"
	mkdir -p .venv-tmp/wheel && rm -rf .venv-tmp/wheel/* && cp -r tests pyproject.toml README.md Makefile .venv-tmp/wheel/
	cd .venv-tmp/wheel && ../../.venv-wheel/bin/pytest -q tests --ignore=tests/test_packaging.py  # that one is about a checkout
	.venv-wheel/bin/pip install --quiet --force-reinstall --no-deps dist/*.tar.gz
	.venv-wheel/bin/goldwire bench --draws 100 --out .venv-tmp/sdist-runs

gold: .venv/test  ## gold.jsonl and manifest.json anew from corpus/gold/source
	.venv/bin/python -m goldwire.corpus.gold.build

sizes: | .venv-tmp  ## the install time and size of core and of each extra, as in the README
	$(PYTHON) benchmarks/install.py

constraints: .venv/dev  ## the versions of .venv as constraints.txt
	(echo "# Versions for make bench, make test and make test-all. Written by: make constraints."; \
	  .venv/bin/pip freeze --all --exclude pip --exclude-editable) > constraints.new
	mv constraints.new constraints.txt

clean:  ## remove environments, runs and caches
	rm -rf .venv* runs dist build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv-tmp:
	@mkdir -p $@

.venv/bin/pip: | .venv-tmp
	@echo "Setting up .venv with $(PYTHON); once, about a minute."
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info[:2] < (3, 14) else "goldwire needs Python 3.11, 3.12 or 3.13; set PYTHON=…")'
	@$(PYTHON) -m venv .venv

.venv/bench: pyproject.toml constraints.txt | .venv/bin/pip
	@echo "Installing goldwire with natasha"
	@.venv/bin/pip install --quiet --editable ".[natasha]"
	@touch $@

.venv/test: .venv/bench
	@echo "Installing what the tests need"
	@.venv/bin/pip install --quiet --editable ".[natasha,test]"
	@touch $@

.venv/dev: .venv/test
	@echo "Installing what the checks need"
	@.venv/bin/pip install --quiet --editable ".[natasha,dev]"
	@touch $@
