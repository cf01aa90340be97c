# Everything a fresh machine needs is Python 3.11 or newer, and make. Each target makes .venv, installs what it needs, and runs.
# A stamp file in .venv remembers what was installed: later runs start at once, until pyproject.toml or constraints.txt change.

PYTHON ?= python3
VENV   ?= .venv
JOBS   ?= 2
ARGS   ?=
PART   ?=
SEED   ?= 1
PEERS  ?= .venv-bench
RIVALS ?= .venv-agreement
LOWEST ?= .venv-lowest
# Tests that ask most of the libraries: numbers, tables, graphs, pages, screens, files, hosts, processes.
SOME   ?= tests/measures tests/theory tests/i18n tests/scenario/test_load.py tests/scenario/test_malformed.py tests/world/test_graph.py \
          tests/world/test_files.py tests/engine/test_event_log.py tests/hosts/test_wasm.py tests/hosts/test_entry.py tests/planning/test_run.py \
          tests/planning/test_compare.py tests/reporting/test_pictures.py tests/reporting/test_page.py tests/cli/test_errors.py \
          tests/cli/test_studies.py tests/test_lazy_imports.py

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
SOURCES := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo kernel test test-tools test-long test-lowest test-lowest-small acceptance acceptance-small acceptance-standing lint format bench bench-large bench-agreement docs constraints clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  (another Python: make PYTHON=python3.12 …; more processes: JOBS=4; more words for pytest: ARGS=\"-k ladder\")"

demo: $(VENV)/run.stamp  ## compare acquisition with retention on a sample of 5,000 people, and write the report
	$(BIN)/ladsim compare acquisition_vs_retention --sample 5000 --months 24 --replications 40 --out reports/acquisition_vs_retention

kernel: $(VENV)/kernel.stamp  ## make ladsim/hosts/kernel.wasm anew, once the rules have changed (a minute or two)
	$(BIN)/python -m ladsim.hosts.make_kernel

test: $(VENV)/dev.stamp  ## the tests, without the long ones
	$(BIN)/python -m pytest -n $(JOBS) -m "not long" $(ARGS)

# What these need is installed here: a linker, the driver of PostgreSQL. Elsewhere they are skipped, with the reason; here that would be a
# failure. The server of PostgreSQL is the system's (Debian: apt-get install postgresql); without it, its tests are skipped.
test-tools: $(VENV)/dev.stamp $(VENV)/kernel.stamp $(VENV)/postgresql.stamp  ## the tests that need more than Python packages of every day (a linker: 100 MB; a package registry; PostgreSQL)
	LADSIM_TOOLS=1 $(BIN)/python -m pytest -n $(JOBS) -m tools $(ARGS)

# pytest's exit code 5 (no test selected) is no failure here: there may be no long test that fits ARGS.
test-long: $(VENV)/dev.stamp  ## the long tests
	$(BIN)/python -m pytest -n $(JOBS) -m long $(ARGS) || [ $$? -eq 5 ]

# Recorded results are those of constraints.txt: what hashes them asks for NumPy 2, of which ladsim itself needs nothing.
test-lowest: $(LOWEST)/stamp  ## the tests, without the long ones, with the lowest versions that pyproject.toml allows, on Python 3.11
	$(LOWEST)/bin/python -m pytest -n $(JOBS) -m "not long" --ignore=tests/baselines $(ARGS)

test-lowest-small: $(LOWEST)/stamp  ## some of these
	$(LOWEST)/bin/python -m pytest -n $(JOBS) -m "not long" $(ARGS) $(SOME)

# Long loads, each part at most an hour; stopped, it goes on where it was. PART may name one or more of the parts, ARGS more words.
acceptance: $(VENV)/dev.stamp  ## long loads, resumable, into docs/acceptance (PART=engines for one part, PART=same for recorded results, SEED=2 for other luck)
	$(BIN)/python -m tests.acceptance $(PART) --seed $(SEED) --processes $(JOBS) $(ARGS)

acceptance-small: $(VENV)/dev.stamp  ## a fiftieth of these loads, and which tables were made by other rules than now
	$(BIN)/python -m tests.acceptance $(PART) --small --seed $(SEED) --processes $(JOBS) $(ARGS)

acceptance-standing: $(VENV)/dev.stamp  ## play nothing: which tables in docs/acceptance are of the rules of now
	@$(BIN)/python -m tests.acceptance $(PART) --standing

lint: $(VENV)/dev.stamp  ## ruff (rules and layout) and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/dev.stamp  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/native.stamp $(PEERS)/stamp  ## the benchmarks beside other programs, into benchmarks/RESULTS.md (about 25 minutes)
	$(BIN)/python -m benchmarks.run $(ARGS)

bench-large: $(VENV)/native.stamp $(PEERS)/stamp  ## the same and 100,000,000 customers (24 GB of memory)
	$(BIN)/python -m benchmarks.run --large $(ARGS)

bench-agreement: $(RIVALS)/agreement.stamp  ## rung counts beside EoN and FastGEMF, paired luck beside Starsim and Mesa (20 minutes)
	$(RIVALS)/bin/python -m benchmarks.agreement
	$(RIVALS)/bin/python -m benchmarks.paired_luck

docs: $(VENV)/docs.stamp  ## the documentation, into docs/_build
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build
	@echo "open docs/_build/index.html"

constraints: $(VENV)/dev.stamp $(VENV)/docs.stamp $(VENV)/kernel.stamp $(VENV)/postgresql.stamp  ## write the installed versions to constraints.txt
	@{ sed -n '/^#/p' constraints.txt; \
	   $(BIN)/python -m pip freeze --exclude-editable --exclude pip --exclude setuptools --exclude wheel | grep -E '^[A-Za-z0-9_.-]+=='; \
	} > constraints.new && mv constraints.new constraints.txt

clean:  ## remove .venv, built documentation and everything that tools left behind
	rm -rf $(VENV) $(PEERS) $(RIVALS) $(LOWEST) docs/_build benchmarks/out build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c "import sys" || { \
	  echo "ladsim needs Python 3.11 or newer, and '$(PYTHON)' cannot be run."; \
	  echo "Debian, Ubuntu: apt install python3 python3-venv. Another Python: make PYTHON=/path/to/python3.12 …"; exit 1; }
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { \
	  echo "ladsim needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -c 'import platform; print(platform.python_version())')."; \
	  echo "If there is a newer one beside it: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c "import ensurepip, venv" 2>/dev/null || { \
	  echo "This Python cannot make a virtual environment: its venv or ensurepip module is missing."; \
	  echo "Debian, Ubuntu: apt install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])') (or python3-venv)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(SOURCES) | $(BIN)/python
	$(PIP) -e .
	@touch $@

# What tests of customers' data need (DuckDB, python-calamine, SQLAlchemy: the extra `data`) is in `dev`; the demonstration needs none of it.
$(VENV)/dev.stamp: $(SOURCES) | $(BIN)/python
	$(PIP) -e ".[dev]"
	@touch $@ $(VENV)/run.stamp

$(VENV)/native.stamp: $(SOURCES) | $(BIN)/python
	$(PIP) -e ".[native]"
	@touch $@ $(VENV)/run.stamp

$(VENV)/kernel.stamp: $(SOURCES) | $(BIN)/python
	$(PIP) -e ".[kernel]"
	@touch $@ $(VENV)/run.stamp

$(VENV)/postgresql.stamp: $(SOURCES) | $(BIN)/python
	$(PIP) -e ".[postgresql]"
	@touch $@ $(VENV)/run.stamp

# The peers live apart from ladsim's own environment; these two comparisons need both in one.
$(RIVALS)/agreement.stamp: $(SOURCES) benchmarks/agreement.txt | $(BIN)/python
	test -x $(RIVALS)/bin/python || $(BIN)/python -m venv $(RIVALS)
	$(RIVALS)/bin/python -m pip install --quiet --disable-pip-version-check -e ".[native]" -r benchmarks/agreement.txt
	@touch $@

# Lowest versions are for the lowest Python: for newer ones many of them were never built.
$(LOWEST)/stamp: pyproject.toml tests/lowest_versions.py
	test -x $(LOWEST)/bin/python || { \
	  for python in $(PYTHON) python3.11 ""; do \
	    test -n "$$python" || { echo "The lowest versions need Python 3.11: make test-lowest PYTHON=/path/to/python3.11"; exit 1; }; \
	    "$$python" -c "import sys, ensurepip; sys.exit(sys.version_info[:2] != (3, 11))" 2>/dev/null && break; \
	  done; "$$python" -m venv $(LOWEST); }
	$(LOWEST)/bin/python tests/lowest_versions.py > $(LOWEST)/lowest.txt
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check -c $(LOWEST)/lowest.txt -e ".[dev]"
	@touch $@

$(VENV)/docs.stamp: $(SOURCES) | $(BIN)/python
	$(PIP) -e ".[docs]"
	@touch $@ $(VENV)/run.stamp

# The programs that ladsim is compared with, in an environment of their own: no user needs them.
$(PEERS)/stamp: benchmarks/peers.txt | $(BIN)/python
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	@touch $@
