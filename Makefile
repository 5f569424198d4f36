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

# in these runs a skipped test is a failed one
WHOLE := GOLDWIRE_WHOLE=1
SERVER := GOLDWIRE_LABEL_STUDIO=$(CURDIR)/.venv-label-studio/bin/label-studio

.PHONY: help bench test test-all test-browser test-models test-pullenti test-server test-wheel lint types gold benchmark sizes constraints clean coverage chromium screenshots pictures test-ray

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

bench: .venv/bench  ## the leaderboard of the built-in extractors on the gold article (sets up .venv)
	@.venv/bin/goldwire bench

test: .venv/test  ## the tests that need no server, browser or build (sets up .venv)
	@.venv/bin/python -m pytest -q -n auto
	@echo "Left out: what was skipped above for want of an extra (spacy, cas, openai, duckdb, mlcroissant, other scorers), the tests on"
	@echo "a real Label Studio server (make test-server), in a real browser (make test-browser), on torch (make test-models), on Ray"
	@echo "(make test-ray), lint, types, wheel; make test-all adds them."

test-all: .venv/dev  ## everything: the tests, lint, types, import contract, a real server, the wheel (sets up .venv*)
	@$(MAKE) --no-print-directory lint types
	$(WHOLE) .venv/bin/python -m pytest -q -n auto
	@$(MAKE) --no-print-directory test-browser
	@$(MAKE) --no-print-directory test-pullenti
	@$(MAKE) --no-print-directory test-server
	@$(MAKE) --no-print-directory test-models
	@$(MAKE) --no-print-directory test-ray
	@$(MAKE) --no-print-directory test-wheel

test-ray: .venv-ray/ready  ## the tests on Ray, on one node and on two (sets up .venv-ray)
	$(WHOLE) .venv-ray/bin/python -m pytest -q -m ray tests/ray

chromium:
	@command -v chromium >/dev/null || { echo "Installing Chromium"; apt-get update -qq && apt-get install -y -qq chromium; }

test-browser: .venv/dev chromium  ## the tests in a real browser (installs Chromium with apt-get where there is none)
	$(WHOLE) .venv/bin/python -m pytest -q -m browser tests/browser

test-server: .venv-label-studio/ready chromium  ## the tests on a real Label Studio server and its page (sets up .venv-label-studio, 1.3 GB)
	$(WHOLE) $(SERVER) .venv-label-studio/bin/python -m pytest -q -m server tests/server

screenshots: .venv-label-studio/ready chromium  ## the pictures of docs/tutorial.md anew, by doing what it says
	$(WHOLE) $(SERVER) GOLDWIRE_SCREENSHOTS=docs/images .venv-label-studio/bin/python -m pytest -q -m page tests/server/test_page_tutorial.py

test-models: .venv-models/ready  ## the tests on torch, transformers and gliner (sets up .venv-models, 1.7 GB)
	$(WHOLE) .venv-models/bin/python -m pytest -q -m models tests/models

test-pullenti: .venv-pullenti/ready  ## the adapter of pullenti, whose licence allows non-commercial use only (sets up .venv-pullenti)
	$(WHOLE) .venv-pullenti/bin/python -m pytest -q -m pullenti tests/pullenti

pictures: .venv/dev  ## the pictures of docs/ anew, from the tests in a real browser
	GOLDWIRE_PICTURES=1 .venv/bin/python -m pytest -q -m browser tests/browser -k picture

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
	.venv-wheel/bin/pip install --quiet "$$(ls dist/*.whl)[all,test]" mlcroissant
	mkdir -p .venv-tmp/wheel && rm -rf .venv-tmp/wheel/* && cp -r tests docs pyproject.toml README.md Makefile .venv-tmp/wheel/
	cd .venv-tmp/wheel && $(WHOLE) ../../.venv-wheel/bin/pytest -q -n auto -m "not browser and not models and not pullenti and not ray and not server and not checkout" --ignore-glob="*/test_against_*" tests
	.venv-wheel/bin/pip install --quiet --force-reinstall --no-deps dist/*.tar.gz
	.venv-wheel/bin/goldwire bench --draws 100 --out .venv-tmp/sdist-runs

gold: .venv/test  ## gold.jsonl and manifest.json anew from corpus/gold/source
	.venv/bin/python -m goldwire.corpus.gold.build
	.venv/bin/python -m goldwire.corpus.card

benchmark: .venv-benchmark/ready  ## goldwire beside nervaluate, seqeval and spaCy's scorer, and the bootstrap (minutes)
	.venv-benchmark/bin/python benchmarks/scorers.py
	.venv-benchmark/bin/python benchmarks/bootstrap.py
	.venv-benchmark/bin/python benchmarks/document.py

coverage: .venv/test  ## what intervals and tests hold, by simulation, into docs/statistics.md (about five minutes)
	.venv/bin/python benchmarks/coverage.py

sizes: | .venv-tmp  ## the install time and size of core and of each extra, as in the README
	$(PYTHON) benchmarks/install.py

constraints: .venv/dev .venv-label-studio/ready .venv-models/ready  ## the versions of these environments as constraints
	(echo "# Versions for make bench, make test and make test-all. Written by: make constraints."; \
	  .venv/bin/pip freeze --all --exclude pip --exclude-editable) > constraints.new
	mv constraints.new constraints.txt
	(echo "# Versions for make test-server: Label Studio, and the tests beside it. Written by: make constraints."; \
	  .venv-label-studio/bin/pip freeze --all --exclude pip --exclude-editable) > constraints.new
	mv constraints.new constraints-label-studio.txt
	(echo "# Versions for make test-models: torch, transformers and gliner, and the tests beside them. Written by: make constraints."; \
	  .venv-models/bin/pip freeze --all --exclude pip --exclude-editable | sed 's/+cpu$$//') > constraints.new
	mv constraints.new constraints-models.txt

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

.venv-benchmark/ready: pyproject.toml constraints.txt | .venv-tmp
	@echo "Setting up .venv-benchmark with $(PYTHON); once, about a minute."
	@$(PYTHON) -m venv .venv-benchmark
	@.venv-benchmark/bin/pip install --quiet --editable ".[spacy]" nervaluate==1.2.1 seqeval==1.2.2
	@touch $@

# An environment of its own: nothing else may come to need it.
.venv-pullenti/ready: pyproject.toml constraints.txt | .venv-tmp
	@echo "Setting up .venv-pullenti with $(PYTHON); once, about a minute."
	@$(PYTHON) -m venv .venv-pullenti
	@.venv-pullenti/bin/pip install --quiet --editable ".[test]" pullenti==4.1
	@touch $@

.venv-ray/ready: pyproject.toml constraints.txt | .venv-tmp
	@echo "Setting up .venv-ray with $(PYTHON); once, about a minute."
	@$(PYTHON) -m venv .venv-ray
	@.venv-ray/bin/pip install --quiet --editable ".[natasha,ray,test]" ray==2.60.0
	@touch $@

# Label Studio wants a younger setuptools than natasha does, and its SDK an older numpy: an environment of their own.
.venv-label-studio/ready: export PIP_CONSTRAINT := $(CURDIR)/constraints-label-studio.txt
.venv-label-studio/ready: pyproject.toml constraints-label-studio.txt | .venv-tmp
	@echo "Setting up .venv-label-studio with $(PYTHON); once, about two minutes."
	@$(PYTHON) -m venv .venv-label-studio
	@.venv-label-studio/bin/pip install --quiet --editable ".[label-studio,page,test]" label-studio
	@touch $@

# transformers wants an older huggingface_hub than constraints.txt has; torch goes first, so that a CPU build stays one.
.venv-models/ready: export PIP_CONSTRAINT := $(CURDIR)/constraints-models.txt
.venv-models/ready: pyproject.toml constraints-models.txt | .venv-tmp
	@echo "Setting up .venv-models with $(PYTHON); once, about two minutes."
	@$(PYTHON) -m venv .venv-models
	@.venv-models/bin/pip install --quiet torch
	@.venv-models/bin/pip install --quiet --editable ".[gliner,hf,test]"
	@touch $@
