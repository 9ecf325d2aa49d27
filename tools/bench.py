"""Measures rebuilds of the paper, and the library alone, side by side, and prints a table.

Everything runs in a temporary copy of this checkout on the authors' archive, which must be in data/raw/ or named by
VALUE_PORTRAIT_ARCHIVE. Peak memory is the proportional set size (PSS) of the whole process tree, sampled every 50 ms.

What the robustness stage adds is measured twice. A rebuild that leaves it out also leaves out what reads its tables,
two jobs of publication, and so says the most that it may cost; the CPU time of its own jobs, held against that of all
others in a full rebuild, says what it costs.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "workflow/scripts"))

from value_portrait.paper.instrument import VALUE_PORTRAIT  # noqa: E402
from value_portrait.scores.profiles import profile_models  # noqa: E402
from value_portrait.scores.ratings import arrange_ratings  # noqa: E402
from value_portrait.scores.sensitivity import estimate_sensitivity  # noqa: E402
from value_portrait.tables import read_table  # noqa: E402

TRACKED = (
    "Snakefile",
    "config.yaml",
    "requirements.lock",
    "CITATION.cff",
    "config",
    "envs",
    "profiles",
    "workflow",
    "data/reference",
)
VERSIONS = ["v1", "v1_reversed", "v2", "v2_reversed", "v3", "v3_reversed"]
STAGE = ("robustness.smk", "robustness_models.smk", "claims.smk")


class Job(NamedTuple):
    """The script of a job: its rule, seconds of CPU time and megabytes at the peak."""

    rule: str
    cpu: float
    peak: float


class Measure(NamedTuple):
    """One row of the table: seconds of wall time and CPU time, megabytes at the peak; and the jobs of a run."""

    name: str
    wall: float
    cpu: float
    peak: float | None
    target: str
    jobs: Sequence[Job] = ()


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder) / "checkout"
        copy_checkout(checkout)
        one = run_workflow("cold rebuild, 1 core", checkout, 1)
        clean(checkout)
        stage = stage_rules()
        without = run_workflow("without robustness, 2 cores", checkout, 2, "--omit-from", *stage, target="0.67 or more")
        clean(checkout)
        two = run_workflow("cold rebuild, 2 cores", checkout, 2, target="45 s, 700 MB")
        idle = run_workflow("nothing to do (-n)", checkout, 2, "-n", target="2.5 s")
        models = checkout / "config/models.tsv"
        models.write_text(models.read_text().replace("xAI\tclosed\t\tno", "xAI\tclosed\t314\tno"))
        changed = run_workflow("one changed model, 2 cores", checkout, 2, target="12 s; CPU 0.40")
        print_table("Workflow", [one, without, two, idle, changed], two)
        print_jobs([job for job in one.jobs if job.rule in stage], one)
        print_jobs([job for job in one.jobs if job.rule.startswith("draw_")], one)
        library = measure_library(checkout)
        print_table("Library: averaging, scoring and sensitivities of all loaded answers", library, library[-1])


def copy_checkout(target: Path) -> None:
    """A copy of what a clone holds, and of an archive in data/raw."""
    for name in TRACKED:
        (shutil.copytree if (ROOT / name).is_dir() else copy_file)(ROOT / name, target / name)
    shutil.copytree(ROOT / "data/raw", target / "data/raw")


def copy_file(source: Path, target: Path) -> None:
    """Copy a file, making its folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def clean(checkout: Path) -> None:
    """Remove what a run has made."""
    for name in ("results", ".snakemake"):
        shutil.rmtree(checkout / name)


def run_workflow(name: str, checkout: Path, cores: int, *arguments: str, target: str = "") -> Measure:
    """Run Snakemake and measure its process tree.

    Raises
    ------
    SystemExit : the run failed; its output is shown.
    """
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *arguments]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, cwd=checkout, stdout=output, stderr=subprocess.STDOUT)
        peak, jobs = 0.0, dict[int, Job]()
        while process.poll() is None:
            peak = max(peak, sample(process.pid, jobs))
            time.sleep(0.05)
        wall = time.perf_counter() - start
        output.seek(0)
        if process.returncode:
            sys.exit(f"{output.read()}\n{name} failed.")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measure(name, wall, cpu, peak, target, list(jobs.values()))


def sample(pid: int, jobs: dict[int, Job]) -> float:
    """PSS of a process and its descendants, in megabytes; ``jobs`` gets what scripts among them came to, by pid."""
    total = 0.0
    try:
        processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for process in processes:
        try:
            memory, times = process.memory_full_info().pss / 1e6, process.cpu_times()
            total += memory
            if script := re.search(r"/\.snakemake/scripts/\w+\.(\w+)\.py", " ".join(process.cmdline())):
                before = jobs.get(process.pid, Job(script[1], 0, 0))
                jobs[process.pid] = Job(script[1], times.user + times.system, max(before.peak, memory))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total


def stage_rules() -> list[str]:
    """The rules of the robustness stage, without its target."""
    texts = [(ROOT / "workflow/rules" / name).read_text() for name in STAGE]
    return [
        rule for text in texts for rule in re.findall(r"^ *rule (\w+):", text, re.MULTILINE) if rule != "robustness"
    ]


def print_jobs(jobs: Sequence[Job], run: Measure) -> None:
    """Print the CPU time and peak of each of these jobs, and of all together beside the rest of the run."""
    print(f"\n{'Of the ' + run.name:34}{'CPU s':>9}{'peak MB':>9}")
    for job in sorted(jobs, key=lambda job: -job.cpu):
        print(f"{job.rule:34}{job.cpu:9.2f}{job.peak:9.0f}")
    cpu, peak = sum(job.cpu for job in jobs), max(job.peak for job in jobs)
    print(f"{'all of these':34}{cpu:9.2f}{peak:9.0f}   {cpu / (run.cpu - cpu):.2f} of the rest of the run")


def measure_library(checkout: Path) -> list[Measure]:
    """Our own arithmetic on loaded tables, and the averages alone by pandas for comparison."""
    results = checkout / "results"
    items = read_table(results / "study/items.parquet", "items", VALUE_PORTRAIT, columns=["item_id"])[
        "item_id"
    ].to_pylist()
    key = read_table(results / "items/item_key.csv", "item_key", VALUE_PORTRAIT).to_pandas()
    columns = ["model", "condition", "prompt_version", "item_id", "rating"]
    table = read_table(results / "scores/ratings.parquet", "ratings", VALUE_PORTRAIT, columns=columns)
    frame = table.to_pandas()

    def ours() -> None:
        ratings = arrange_ratings(table, "rating", VERSIONS, items)
        profile_models(ratings, key, "tagged_items", VALUE_PORTRAIT)
        estimate_sensitivity(ratings, VALUE_PORTRAIT)

    def by_pandas() -> None:
        frame.groupby(["model", "condition", "item_id"], observed=True)["rating"].mean()

    return [
        median_of("all three, this library", ours, "0.5 s"),
        median_of("averaging alone, pandas groupby", by_pandas, ""),
    ]


def median_of(name: str, function: Callable[[], None], target: str, repeats: int = 7) -> Measure:
    """The median time of several calls."""
    times = []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        function()
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = np.median(times, axis=0)
    return Measure(name, float(wall), float(cpu), None, target)


def print_table(title: str, rows: Sequence[Measure], base: Measure) -> None:
    """Print the rows, each with its wall time and its CPU time as multiples of those of ``base``."""
    print(f"\n{title} ({os.cpu_count()} cores)")
    print(f"{'':34}{'wall s':>9}{'ratio':>8}{'CPU s':>9}{'ratio':>8}{'peak MB':>9}  target")
    for row in rows:
        peak = "" if row.peak is None else f"{row.peak:.0f}"
        times = f"{row.wall:9.3f}{row.wall / base.wall:8.2f}{row.cpu:9.3f}{row.cpu / base.cpu:8.2f}"
        print(f"{row.name:34}{times}{peak:>9}  {row.target}")


if __name__ == "__main__":
    main()
