# Everything a person or a machine does with this project. `make` alone lists it.
# Needs Debian's make and python3-venv (Python 3.11 or later); nothing else.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:

# Only these places are written to: .venv, build, instance and evidence.
VENV := .venv
PY := $(VENV)/bin/python

# Korean is printed whatever the locale of the shell says.
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Settings of other projects that would lead Python, pip or Flask astray.
unexport PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONWARNINGS PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV
unexport VIRTUAL_ENV FLASK_APP FLASK_ENV FLASK_DEBUG FLASK_RUN_PORT PYTEST_ADDOPTS

PYTEST := $(PY) -m pytest
# Two workers: a browser and a PDF test can run side by side on two cores.
SHARE := -n 2 --dist worksteal
COUNTS := build/test-counts.txt

.PHONY: help setup run test lint format prove bench pictures clean python venv venv-dev venv-bench fonts database tools

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: venv fonts database ## 설치: virtual environment, fonts, database, and the sample on the very first start

run: setup ## 실행: set up, then serve on http://$HOST:$PORT (default 127.0.0.1:8000) with a worker beside it
	@exec $(PY) -m procurement.serve

test: venv-dev fonts tools lint ## 검사: lint, types, import contracts, every test on SQLite, and on PostgreSQL all that open a database
	@mkdir -p build && rm -f $(COUNTS)
	$(PYTEST) $(SHARE) --database=sqlite --counts=$(COUNTS) tests
	$(PYTEST) $(SHARE) --database=postgres --counts=$(COUNTS) tests

lint: venv-dev ## ruff, mypy --strict and the import contracts
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

format: venv-dev ## let ruff lay the code out
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

prove: venv-dev fonts tools ## the promises about evidence, with their full counts (long)
	@mkdir -p build && rm -f $(COUNTS)
	$(PYTEST) $(SHARE) --prove --database=sqlite --counts=$(COUNTS) tests
	$(PYTEST) $(SHARE) --prove --database=postgres --counts=$(COUNTS) tests

bench: venv-bench fonts tools ## speed, each figure beside its limit
	$(PY) -m tests.bench

pictures: venv-dev fonts tools ## make the pictures of docs/images anew, from the sample
	$(PY) -m tests.support.pictures

clean: ## remove what was built; the database and the evidence stay
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find procurement tests migrations -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- the parts ----

# PYTHON names another interpreter; one that is too old or missing is passed over.
define make_venv
for python in "$$PYTHON" /usr/bin/python3 python3 python3.11 python3.12 python3.13; do \
  test -n "$$python" || continue; \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue; \
  if ! "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then without_venv=$$python; continue; fi; \
  rm -rf $(VENV); \
  echo "가상 환경을 만듭니다 · making $(VENV) with $$python"; \
  "$$python" -m venv $(VENV) && exit 0; \
done; \
if test -n "$$without_venv"; then \
  echo "python3-venv가 없습니다. 다음 명령으로 설치한 뒤 다시 실행하세요: apt install python3-venv" >&2; \
  echo "python3-venv is missing. Install it and run make again: apt install python3-venv" >&2; \
else \
  echo "Python 3.11 이상이 없습니다. 다음 명령으로 설치한 뒤 다시 실행하세요: apt install python3 python3-venv" >&2; \
  echo "Python 3.11 or later is missing. Install it and run make again: apt install python3 python3-venv" >&2; \
fi; \
exit 1
endef

# A virtual environment is of use only in the folder it was made in. What was installed in it is kept beside
# it word for word, so that a changed pin installs again and everything else costs nothing.
python:
	@if grep -qsF -- "$$(pwd -P)/$(VENV)" $(VENV)/pyvenv.cfg \
	  && $(PY) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then :; \
	else $(make_venv); fi

venv: python
	@cmp -s requirements.txt $(VENV)/installed || { \
	  echo "라이브러리를 설치합니다 · installing requirements.txt"; \
	  $(PY) -m pip install --quiet -r requirements.txt && cp requirements.txt $(VENV)/installed; }

venv-dev: venv
	@cat requirements.txt requirements-dev.txt | cmp -s - $(VENV)/installed-dev || { \
	  echo "검사 도구를 설치합니다 · installing requirements-dev.txt"; \
	  $(PY) -m pip install --quiet -r requirements-dev.txt \
	  && cat requirements.txt requirements-dev.txt > $(VENV)/installed-dev; }

# What the figures are measured beside.
venv-bench: venv-dev
	@cat requirements-bench.txt requirements.txt requirements-dev.txt | cmp -s - $(VENV)/installed-bench || { \
	  $(PY) -m pip install --quiet -r requirements-bench.txt \
	  && cat requirements-bench.txt requirements.txt requirements-dev.txt > $(VENV)/installed-bench; }

fonts: venv
	@$(PY) -m procurement.adapters.fonts "$${FONT_DIR:-build/fonts}"
	@$(PY) -m procurement.adapters.korean_words

database: venv
	@$(PY) -m procurement.serve --prepare

# Debian's Chromium draws the pages in the browser tests; openssl gives a second opinion on signatures, and qpdf
# and poppler on every PDF.
tools:
	@missing=; for pair in chromium:chromium openssl:openssl qpdf:qpdf pdftotext:poppler-utils; do \
	  command -v $${pair%%:*} >/dev/null 2>&1 || missing="$$missing $${pair#*:}"; done; \
	test -z "$$missing" || { \
	  echo "검사에 쓸 프로그램을 설치합니다 · installing for the tests:$$missing"; \
	  if test "$$(id -u)" = 0; then as=; else as="sudo -n"; fi; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { $$as apt-get update -qq && $$as apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } || { \
	    echo "설치할 수 없습니다. 관리자 권한으로 설치한 뒤 다시 실행하세요: apt install$$missing" >&2; \
	    echo "Cannot be installed here. Install as root and run make again: apt install$$missing" >&2; \
	    exit 1; }; }
