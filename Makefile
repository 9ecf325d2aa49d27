# Every target sets up what it needs: a locked environment in .venv, made once and remade when the lock changes.
SHELL := /bin/sh
CORES ?= 8
ENVIRONMENT := .venv/.complete
SNAKEMAKE := .venv/bin/snakemake

.PHONY: help demo paper test test-environments lint estimate bench bench-query bench-scale report lock clean
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(ENVIRONMENT): requirements.lock tools/set_up_environment.sh
	@sh tools/set_up_environment.sh

demo: $(ENVIRONMENT) ## run the whole workflow on the embedded simulated study (about a minute, no network, no key)
	@$(SNAKEMAKE) --cores $(CORES) --configfile config/demo.yaml --quiet
	@sh tools/name_results.sh results/demo

paper: $(ENVIRONMENT) ## rebuild the paper from the authors' raw data
	@$(SNAKEMAKE) --cores $(CORES)
	@sh tools/name_results.sh results

test: $(ENVIRONMENT) lint ## run the checks and the tests
	@.venv/bin/python -m pytest -n 2 --dist loadgroup

test-environments: $(ENVIRONMENT) ## make each environment of envs/ from its pins alone, and run its jobs there (needs the network)
	@.venv/bin/python -m pytest tests/environments

lint: $(ENVIRONMENT) ## check formatting, style, types and the workflow
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/snakefmt --check Snakefile workflow/rules
	@.venv/bin/mypy
	@$(SNAKEMAKE) --lint
	@$(SNAKEMAKE) --lint --configfile config/demo.yaml

estimate: $(ENVIRONMENT) ## print what the live models of the config would cost; nothing is sent
	@$(SNAKEMAKE) --cores 1 --quiet all --forcerun estimate_queries -- estimate_queries

bench-query: $(ENVIRONMENT) ## measure the live engine beside other ways of asking, on the loopback interface (five minutes)
	@.venv/bin/python tools/bench_query.py

bench: $(ENVIRONMENT) ## measure time and memory of rebuilds (needs the authors' archive)
	@.venv/bin/python tools/bench.py

bench-scale: $(ENVIRONMENT) ## measure how time and memory grow up to ten million answers (ten minutes)
	@.venv/bin/python tools/bench_scale.py

report: $(ENVIRONMENT) ## write results/report.html, a self-contained report of the paper's run
	@$(SNAKEMAKE) --report results/report.html

lock: ## resolve the dependencies anew (needs uv)
	@sh tools/lock_dependencies.sh

clean: ## remove what runs have made (answers and raw data stay)
	rm -rf results .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis
