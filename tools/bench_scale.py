"""Measures how time and memory of the stages that all models share, and of planning, grow with answers and raters.

The studies are simulated, with as many survey groups and items as the paper has, and as many models, each under more
and more personas; planning is also measured with as many models. A study of one model runs whole, for the cost of a
model. In the others the tables of answers are written here, since drawing ten million answers would measure the
generator; Snakemake then runs every rule behind them. Each job reports, as it ends, its own CPU time and its peak of
resident memory (VmHWM). The growth exponent is the slope of log CPU time over log size
between the two largest sizes. Exits with 1 where a demand is missed.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from math import log
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
from bench import copy_checkout

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "workflow/scripts"))

from value_portrait.instrument import as_instrument  # noqa: E402
from value_portrait.instrument_file import read_instrument  # noqa: E402
from value_portrait.randomness import named_generator  # noqa: E402
from value_portrait.simulation.loadings import loading_matrix, loadings_schema  # noqa: E402
from value_portrait.simulation.models import (  # noqa: E402
    draw_answers,
    draw_model,
    expected_ratings,
)
from value_portrait.simulation.personas import draw_shifts, moved  # noqa: E402
from value_portrait.simulation.settings import REALISTIC  # noqa: E402
from value_portrait.tables import read_table, write_table  # noqa: E402

VALUE_PORTRAIT = as_instrument(read_instrument(ROOT / "config/instruments/value_portrait.yaml"))
VERSIONS = ["v1", "v1_reversed", "v2", "v2_reversed", "v3", "v3_reversed"]
GROUPS, QUERIES, RESPONSES, RATERS = 13, 8, 5, 43
ANSWERS = len(VERSIONS) * GROUPS * QUERIES * RESPONSES
MODELS, CONDITIONS = 33, (1, 10, 100)
RATER_FACTORS = (1, 5, 30)
# What runs on all models at once and behind it; figures, with a row for each model, are for as many as can be seen.
SHARED = ("items", "scores", "write_tables", "assess_recovery")
# The rule that models cost beside these.
OF_MODELS = "simulate_answers"
# One model in so many explains half of its answers, in words of their own, as 2 of the paper's 33 do.
TALKATIVE = 16

MAX_EXPONENT, MAX_MB, MAX_PLAN_S = 1.05, 2000, 20

# Python imports a module of this name at its start, so every process below Snakemake reports itself.
REPORTER = """
import atexit, os, sys, time

def report(start=time.perf_counter()):
    name = os.path.basename(sys.argv[0])
    rule = name.split(".")[-2] if "/.snakemake/scripts/" in sys.argv[0] else name
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    with open(os.environ["JOB_REPORTS"], "a") as file:
        print(rule, time.perf_counter() - start, time.process_time(), peak, sep="\\t", file=file)

atexit.register(report)
"""


class Cost(NamedTuple):
    """What a process took: seconds of wall and CPU time, megabytes at its peak."""

    wall: float
    cpu: float
    peak: float


# By rule; Snakemake's own process is "snakemake".
Costs = dict[str, Cost]


def main() -> None:
    """Measure, print, and complain where a demand is missed."""
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder) / "checkout"
        copy_checkout(checkout)
        (checkout / "sitecustomize.py").write_text(REPORTER)
        costs = run(checkout, configure(checkout, "one_model", models=1), "scores")
        print_costs("One model", {OF_MODELS: costs[OF_MODELS]})
        plans, by_answers = {}, {}
        for conditions in CONDITIONS:
            study = configure(checkout, f"conditions_{conditions}", conditions=conditions)
            plans[f"{MODELS} models x {conditions} conditions"] = run(checkout, study, "-n")["snakemake"]
            by_answers[MODELS * conditions * ANSWERS] = run_shared(checkout, study)
        missed = print_growth("answers", by_answers)
        study = configure(checkout, "models", models=MODELS * CONDITIONS[-1])
        plans[f"{MODELS * CONDITIONS[-1]} models"] = run(checkout, study, "-n")["snakemake"]
        put_everything(checkout, study)
        plans[f"{MODELS * CONDITIONS[-1]} models, nothing to do"] = run(checkout, study, "-n")["snakemake"]
        print_costs(f"Planning (snakemake -n); demanded: {MAX_PLAN_S} s of CPU", plans)
        missed += [f"planning {name} took {cost.cpu:.1f} s" for name, cost in plans.items() if cost.cpu > MAX_PLAN_S]
        by_raters = {}
        for factor in RATER_FACTORS:
            study = configure(checkout, f"raters_{factor}", rater_factor=factor)
            by_raters[factor * GROUPS * RATERS] = run_shared(checkout, study)
        missed += print_growth("raters", by_raters)
    sys.exit("\n".join(["\nMissed:", *missed]) if missed else 0)


def configure(checkout: Path, name: str, models: int = MODELS, conditions: int = 1, rater_factor: int = 1) -> str:
    """Write the config, the models and the personas of a simulated study; its name."""
    with (checkout / f"{name}_personas.tsv").open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["persona", "axis", "order", "group", "statement", "people"])
        for number in range(1, max(conditions, 2)):
            writer.writerow([f"made_{number}", "made", "", f"Group {number}", f"You are number {number}.", ""])
    header = (checkout / "config/demo_models.tsv").read_text().splitlines()[0].split("\t")
    with (checkout / f"{name}.tsv").open("w", newline="") as file:
        writer = csv.DictWriter(file, header, delimiter="\t", restval="")
        writer.writeheader()
        for number in range(models):
            row = {"model": f"model-{number:04d}", "family": f"family-{number % 12}", "size_b": 2 ** (number % 9)}
            row |= {"answers": "simulated", "provider": "simulated", "developer": "simulated"}
            row |= {"weights": ("open", "closed")[number % 2], "reasoning": "no"}
            writer.writerow(row | {"conditions": "baseline;personas" if conditions > 1 else "baseline"})
    (checkout / f"{name}.yaml").write_text(
        f"study: simulated\nresults_dir: results/{name}\nmodels: {name}.tsv\npersonas: {name}_personas.tsv\n"
        f"simulation:\n  groups: {GROUPS}\n  queries_per_group: {QUERIES}\n  responses_per_query: {RESPONSES}\n"
        f"  raters_per_group: {rater_factor * RATERS}\n"
    )
    return name


def run_shared(checkout: Path, study: str) -> Costs:
    """Write all answers of a study, then run everything behind them, one job at a time."""
    before = run(checkout, study, "simulate_study")
    write_answers(checkout, study)
    rules = snakemake(checkout, study, "--list-rules", "--quiet").split()
    shared = [rule for rule in rules if rule != OF_MODELS]
    return before | run(checkout, study, *SHARED, "--allowed-rules", *shared)


def run(checkout: Path, study: str, *arguments: str) -> Costs:
    """Run Snakemake; what its jobs and itself took."""
    reports = checkout / "reports.tsv"
    reports.unlink(missing_ok=True)
    snakemake(checkout, study, "--cores", "1", *arguments)
    costs = {}
    for line in reports.read_text().splitlines():
        rule, wall, cpu, peak = line.split("\t")
        costs[rule] = Cost(float(wall), float(cpu), int(peak) * 1024 / 1e6)
    return costs


def snakemake(checkout: Path, study: str, *arguments: str) -> str:
    """Snakemake's output.

    Raises
    ------
    SystemExit : it failed; its messages are shown.
    """
    command = [Path(sys.executable).with_name("snakemake"), "--configfile", f"{study}.yaml", *arguments]
    environment = os.environ | {"PYTHONPATH": str(checkout), "JOB_REPORTS": str(checkout / "reports.tsv")}
    result = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"{result.stdout}{result.stderr}\nsnakemake {' '.join(arguments[:4])} failed on {study}.")
    return result.stdout


def write_answers(checkout: Path, study: str) -> None:
    """Write the tables ``answers`` of every model and condition, and the truth of every model."""
    names, personas = (
        [row[name] for row in csv.DictReader((checkout / file).read_text().splitlines(), delimiter="\t")]
        for file, name in ((f"{study}.tsv", "model"), (f"{study}_personas.tsv", "group"))
    )
    told = "personas" in (checkout / f"{study}.tsv").read_text()
    groups = {f"made_{number}": group for number, group in enumerate(personas, 1)} if told else {}
    with Pool() as pool:
        jobs = [(checkout / "results" / study, number, name, groups) for number, name in enumerate(names)]
        pool.starmap(write_model, jobs)


def write_model(results: Path, number: int, model: str, groups: Mapping[str, str]) -> None:
    """Write the answers and the truth of one model; ``groups`` are those of its personas, by condition."""
    items, loadings = read_study(results)
    planted = draw_model(named_generator(model, 42), model, REALISTIC, VALUE_PORTRAIT)
    made = {"axis": "made", "order": None, "steers": False}
    personas = {condition: made | {"group": group} for condition, group in groups.items()}
    shifts = draw_shifts(model, 42, personas, VALUE_PORTRAIT)
    under = {"baseline": planted} | {name: moved(planted, shift, VALUE_PORTRAIT) for name, shift in shifts.items()}
    for condition, own in under.items():
        rng, expected = named_generator(f"{model} {condition}", 42), expected_ratings(own, *loadings, VALUE_PORTRAIT)
        table = draw_answers(rng, own, expected, items, condition, VERSIONS, False, VALUE_PORTRAIT)
        if number % TALKATIVE == 0:
            texts = table["raw_response"].to_pylist()
            texts[::2] = [f"{text}\n\nSimulated explanation number {place}." for place, text in enumerate(texts[::2])]
            table = table.set_column(table.column_names.index("raw_response"), "raw_response", pa.array(texts))
        write_table(table, results / "responses" / model / f"{condition}.parquet", "answers", VALUE_PORTRAIT)
    truth = results / "study/truth/models" / f"{model}.json"
    truth.parent.mkdir(parents=True, exist_ok=True)
    truth.write_text(json.dumps(asdict(planted)))


@cache
def read_study(results: Path) -> tuple:
    """The items' ids, and their planted loadings and difficulties."""
    items = read_table(results / "study/items.parquet", "items", VALUE_PORTRAIT)["item_id"].to_pylist()
    truth = read_table(results / "study/truth/loadings.parquet", loadings_schema(VALUE_PORTRAIT))
    return items, loading_matrix(truth, items, VALUE_PORTRAIT)


def put_everything(checkout: Path, study: str) -> None:
    """Put a file, if only an empty one, wherever Snakemake wants an output, all with the same time."""
    paths = [checkout / line.split("\t")[0] for line in snakemake(checkout, study, "--summary").splitlines()[1:]]
    now = time.time()
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (now, now))


def print_costs(title: str, costs: Mapping[str, Cost]) -> None:
    """Print one row for each cost."""
    print(f"\n{title}\n{'':34}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for name, cost in costs.items():
        print(f"{name:34}{cost.wall:9.2f}{cost.cpu:9.2f}{cost.peak:9.0f}")


def print_growth(of: str, sizes: Mapping[int, Costs]) -> list[str]:
    """Print how every rule grows with the sizes; the demands that it misses."""
    smaller, largest = list(sizes)[-2:]
    missed = []
    print(f"\nGrowth with {of}; demanded: exponent {MAX_EXPONENT}, {MAX_MB} MB")
    print(f"{'':24}" + "".join(f"{f'{size:,}':>20}" for size in sizes) + f"{'ratio':>9}{'exponent':>10}")
    print(f"{'':24}" + f"{'CPU s':>11}{'MB':>9}" * len(sizes))
    for rule in sizes[largest]:
        if rule == "snakemake":
            continue
        costs = [costs[rule] for costs in sizes.values()]
        ratio = costs[-1].cpu / costs[-2].cpu
        exponent = log(ratio) / log(largest / smaller)
        cells = "".join(f"{cost.cpu:11.2f}{cost.peak:9.0f}" for cost in costs)
        print(f"{rule:24}{cells}{ratio:9.2f}{exponent:10.2f}")
        if exponent > MAX_EXPONENT:
            missed.append(f"{rule} grows with {of} to the power {exponent:.2f}")
        if costs[-1].peak > MAX_MB:
            missed.append(f"{rule} takes {costs[-1].peak:.0f} MB at {largest:,} {of}")
    return missed


if __name__ == "__main__":
    main()
