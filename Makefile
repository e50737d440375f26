# Few verbs. Each target sets up what it needs: `make report` and `make test` work on a fresh machine with Python 3.11+.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: report test lab check clean
.DELETE_ON_ERROR:

# One BLAS thread a process: the renderer runs processes side by side, and byte-identical pages need one order of sums.
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1
export MKL_NUM_THREADS = 1

report: $(STAMP)
	$(BIN)/coalface render

test: $(STAMP)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

lab: $(STAMP)
	$(BIN)/jupyter lab notebooks

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/coalface check

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else f"coalface needs Python 3.11 or newer, {sys.executable} is {sys.version.split()[0]}; name another with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

clean:
	rm -rf $(VENV) .cache build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find reports -mindepth 1 ! -name README.md -delete
