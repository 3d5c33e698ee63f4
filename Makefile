# Two commands do everything: `make repro` runs the pipeline, `make test` the checks. Both set up what they need.
.DEFAULT_GOAL := help
.PHONY: help repro refit params stages test check test-slow test-faults test-browser benchmark lab lock clean

export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
export PYTHONHASHSEED := 0
# Where it is set, as in many containers, every process would compile pandas, numba and DVC anew: seconds a stage.
export PYTHONDONTWRITEBYTECODE :=

BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
READY := .venv/.ready

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(READY): requirements.lock scripts/setup.sh .python-version
	@bash scripts/setup.sh

repro: $(READY) ## run the pipeline: whatever changed, and nothing else
	@$(BIN)/python -m pipeline repro -- $(ARGS)

refit: $(READY) ## sample every model and score every backtest anew, then compare with the numbers before
	@$(BIN)/python -m pipeline repro --refit

params: $(READY) ## renew the comments of params.yaml, add new keys, keep the values
	@$(BIN)/python -m pipeline defaults $(ARGS)

stages: $(READY) ## write the code that each stage depends on into dvc.yaml
	@$(BIN)/python -m pipeline stages

check: $(READY) ## lint, format, types, and which way imports point
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/yamllint --strict data params.yaml dvc.yaml pipeline
	@$(BIN)/lint-imports --config pyproject.toml >/dev/null || $(BIN)/lint-imports --config pyproject.toml

test: check ## lint, format, types and every test but the slow ones
	@$(BIN)/pytest $(ARGS)

test-slow: $(READY) ## the statistical tests that take minutes; all passed, tests/slow_passed.txt says so
	@before=$$($(BIN)/python scripts/slow_tests.py digest) && $(BIN)/pytest -m slow $(ARGS) \
		$(if $(ARGS),,&& $(BIN)/python scripts/slow_tests.py stamp "$$before")

test-faults: $(READY) ## runs that are killed, find the disk full or one another at work; KILLS=n changes how many
	@$(BIN)/pytest -m faults tests/faults $(ARGS)

test-browser: $(READY) ## the reports as seen in Debian's chromium, without a screen; skipped where there is none
	@$(BIN)/pytest -m browser -n 0 tests/browser $(ARGS)

benchmark: $(READY) ## ratios measured in one run, see benchmarks/
	@for file in benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done

lab: $(READY) ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

lock: $(READY) ## resolve pyproject.toml anew into requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-emit-index-url \
		--python-version 3.12 --quiet --upgrade --custom-compile-command 'make lock' --output-file requirements.lock

clean: ## remove the virtual environment and the caches of the tools
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
