# Every target sets up what it needs: a locked environment in .venv, made once and remade when the lock changes.
SHELL := /bin/sh
CORES ?= 8
ENVIRONMENT := .venv/.complete
CLUSTER_ENVIRONMENT := .venv-cluster/.complete
MUTANTS_ENVIRONMENT := .venv-mutants/.complete
INSPECT_ENVIRONMENT := .venv-inspect/.complete
PUBLISHING_ENVIRONMENT := .venv-publishing/.complete
PAGE_ENVIRONMENT := .venv-page/.complete
SNAKEMAKE := .venv/bin/snakemake

.PHONY: help demo paper new-study test test-environments test-gateway cluster test-slurm inspect test-inspect test-publishing test-page mutants lint estimate plan add-model questions crate bench bench-query bench-limits bench-page bench-scale bench-truth bench-kills campaign readme reference report lock clean
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(ENVIRONMENT): requirements.lock tools/set_up_environment.sh
	@sh tools/set_up_environment.sh .venv requirements.lock

$(CLUSTER_ENVIRONMENT): requirements.lock requirements-cluster.lock tools/set_up_environment.sh
	@sh tools/set_up_environment.sh .venv-cluster requirements.lock requirements-cluster.lock

$(MUTANTS_ENVIRONMENT): requirements.lock requirements-mutants.lock tools/set_up_environment.sh
	@sh tools/set_up_environment.sh .venv-mutants requirements.lock requirements-mutants.lock

$(PAGE_ENVIRONMENT): requirements.lock requirements-page.lock tools/set_up_environment.sh
	@sh tools/set_up_environment.sh .venv-page requirements.lock requirements-page.lock

# Of their own: what they pin does not go with the rest.
$(INSPECT_ENVIRONMENT): requirements-inspect.lock tools/set_up_environment.sh
	@sh tools/set_up_environment.sh .venv-inspect requirements-inspect.lock

$(PUBLISHING_ENVIRONMENT): requirements-publishing.lock tools/set_up_environment.sh
	@sh tools/set_up_environment.sh .venv-publishing requirements-publishing.lock

demo: $(ENVIRONMENT) ## run the whole workflow on the embedded simulated study (two minutes, no network, no key)
	@$(SNAKEMAKE) --cores $(CORES) --configfile config/demo.yaml

paper: $(ENVIRONMENT) ## rebuild the paper from the authors' raw data
	@$(SNAKEMAKE) --cores $(CORES)

new-study: $(ENVIRONMENT) ## write the skeleton of your own study: NAME=my_study, and KIND=questionnaire where nobody rates
	@.venv/bin/python tools/new_study.py "$(NAME)" $(KIND)

test: $(ENVIRONMENT) lint ## run the checks and the tests
	@.venv/bin/python -m pytest -n 2 --dist worksteal

cluster: $(CLUSTER_ENVIRONMENT) ## set up .venv-cluster: the same environment, with what submits jobs (docs/cluster.md)

test-slurm: $(ENVIRONMENT) $(CLUSTER_ENVIRONMENT) ## run the workflow through a Slurm of one node, made for the test (ten minutes)
	@tools/one_node_slurm.sh .venv-cluster/bin/python -m pytest tests/slurm -n 3

inspect: $(INSPECT_ENVIRONMENT) ## set up .venv-inspect, to ask the questions with Inspect (docs/harness.md)

test-inspect: $(ENVIRONMENT) ## ask the questions with Inspect, and hold the scores against the engine's (two minutes)
	@if $(MAKE) --no-print-directory inspect; then .venv/bin/python -m pytest tests/harness/test_inspect.py; \
	else echo "SKIPPED: the environment of Inspect could not be made (above), so nothing of it was tested."; fi

test-publishing: $(ENVIRONMENT) ## hold the crate of a run and the description of answers against their own validators (a minute)
	@if $(MAKE) --no-print-directory $(PUBLISHING_ENVIRONMENT); then .venv/bin/python -m pytest tests/harness/test_crate.py; \
	else echo "SKIPPED: the environment for publishing could not be made (above), so nothing of it was tested."; fi

test-page: $(PAGE_ENVIRONMENT) ## open the page of the demo, and of the paper, in a headless Chromium (six minutes)
	@if command -v npm >/dev/null 2>&1; then npm ci --silent --prefix tests/page; \
	else echo "The types of the page's scripts are not checked: that needs npm (Debian's package npm)."; fi
	@.venv-page/bin/python -m pytest tests/page -n 2 --dist worksteal

test-environments: $(ENVIRONMENT) ## make each environment of envs/ from its pins alone, and run its jobs there (needs the network)
	@.venv/bin/python -m pytest tests/environments

test-gateway: $(ENVIRONMENT) ## ask LiteLLM's proxy, with mock answers, through the workflow (three minutes; the network once)
	@.venv/bin/python -m pytest tests/gateway

mutants: $(MUTANTS_ENVIRONMENT) ## count the faults that the unit tests notice; ONLY=scores/profiles for one module, ONLY=scores for one room (hours)
	@.venv-mutants/bin/python tools/mutants.py $(ONLY)

lint: $(ENVIRONMENT) ## check formatting, style, types, the direction of imports and the workflow
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/snakefmt --check Snakefile workflow/Snakefile workflow/rules
	@.venv/bin/mypy
	@PYTHONPATH=workflow/scripts .venv/bin/lint-imports --no-cache
	@$(SNAKEMAKE) --lint
	@$(SNAKEMAKE) --lint --configfile config/demo.yaml

estimate: $(ENVIRONMENT) ## print what live models would cost, with CONFIG=mine.yaml laid over the config; nothing is sent
	@set -- --cores 1 $(if $(CONFIG),--configfile $(CONFIG)) --forcerun estimate_queries -- estimate_queries; \
	$(SNAKEMAKE) --quiet all "$$@" || $(SNAKEMAKE) "$$@"

add-model: $(ENVIRONMENT) ## add a live model to a config of your own, ask it once and print what it would cost: CONFIG=mine.yaml
	@.venv/bin/python tools/add_model.py "$(or $(CONFIG),mine.yaml)" $(ARGS)

questions: $(ENVIRONMENT) ## write every question to be asked elsewhere (docs/harness.md): MODEL=gpt-4o CONDITIONS='baseline;gender' CONFIG=mine.yaml
	@$(SNAKEMAKE) --cores 1 --quiet all $(if $(CONFIG),--configfile $(CONFIG)) -- questions
	@.venv/bin/python tools/questions.py --configfile "$(CONFIG)" --conditions "$(or $(CONDITIONS),baseline)" \
		--model "$(or $(MODEL),MODEL)" --provider "$(or $(PROVIDER),openai)" --request "$(or $(REQUEST),chat)"

crate: $(ENVIRONMENT) $(PUBLISHING_ENVIRONMENT) ## publish a finished run as an RO-Crate in crate/ (docs/harness.md): LICENCE=address AUTHOR='A. Person' WITH=responses CONFIG=mine.yaml
	@$(SNAKEMAKE) -n $(if $(CONFIG),--configfile $(CONFIG)) 2>&1 | grep -q "^Nothing to be done" || \
		{ echo "This run is not finished: run 'snakemake --cores $(CORES)' with the same config first."; exit 1; }
	@.venv/bin/python tools/collect_crate.py --configfile "$(CONFIG)" --also "$(WITH)" --to .crate --license "$(LICENCE)" --author "$(AUTHOR)"
	@.venv-publishing/bin/python tools/describe_crate.py .crate crate
	@rm -r .crate .crate.json

plan: $(ENVIRONMENT) ## print how sure live models' scores would be, and for how much, with CONFIG=mine.yaml too; nothing is sent
	@$(SNAKEMAKE) --cores $(CORES) --quiet all $(if $(CONFIG),--configfile $(CONFIG)) --forcerun plan_designs -- plan

bench-query: $(ENVIRONMENT) ## measure the live engine beside other ways of asking, on the loopback interface (ten minutes)
	@.venv/bin/python tools/bench_query.py

bench-limits: $(ENVIRONMENT) ## measure how the live engine learns limits that a server does not state (four minutes)
	@.venv/bin/python tools/bench_query.py limits

bench: $(ENVIRONMENT) ## measure time and memory of rebuilds (needs the authors' archive)
	@.venv/bin/python tools/bench.py

reference: $(ENVIRONMENT) ## write docs/reference.md, docs/architecture.svg and workflow/schemas from the code
	@.venv/bin/python tools/write_reference.py
	@.venv/bin/python tools/draw_architecture.py

bench-page: $(ENVIRONMENT) $(PAGE_ENVIRONMENT) ## measure the page of the last make paper: its size, and the time of every view (two minutes)
	@.venv-page/bin/python tools/bench_page.py

campaign: $(ENVIRONMENT) ## change a finished run in 300 ways, and count what is refused, taken and wrong (a quarter of an hour)
	@.venv/bin/python tools/campaign.py

readme: $(ENVIRONMENT) ## put what the last make paper found into README.md, docs/certificate.md and the README's picture
	@.venv/bin/python tools/update_readme.py

bench-scale: $(ENVIRONMENT) ## measure how time and memory grow up to ten million answers (ten minutes)
	@.venv/bin/python tools/bench_scale.py

bench-truth: $(ENVIRONMENT) ## hold the methods of the robustness stage against simulated studies with known truth (ten minutes)
	@OMP_NUM_THREADS=1 .venv/bin/python tools/bench_truth.py

bench-kills: $(ENVIRONMENT) ## kill the engine 1,000 times and the rebuild of the paper 50 times (an hour)
	@.venv/bin/python tools/bench_kills.py

REPORT = results/report.html
report: $(ENVIRONMENT) ## write results/report.html, for provenance: which rule made what, from what, when (CONFIG=mine.yaml REPORT=mine.html)
	@$(SNAKEMAKE) --cores $(CORES) $(if $(CONFIG),--configfile $(CONFIG)) -- report_pages
	@$(SNAKEMAKE) $(if $(CONFIG),--configfile $(CONFIG)) --report $(REPORT) -- report_pages

lock: ## resolve the dependencies anew (needs uv)
	@sh tools/lock_dependencies.sh

clean: ## remove what runs have made (answers and raw data stay)
	rm -rf results .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis .mutants
