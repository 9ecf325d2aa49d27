"""The workflow through a real Slurm: run by ``make test-slurm``, which brings one up."""

import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from conftest import ROOT, SMALL_STUDY, copy_checkout, small_models
from live_study import LIVE_ITEMS, LIVE_VERSIONS, write_live_study

# What a Slurm without accounts needs, and what makes a test short; all else is the profile's.
SLURM = (
    *("--profile", "profiles/cluster", "--workflow-profile", "profiles/slurm"),
    *("--slurm-status-command", "squeue", "--slurm-keep-successful-logs"),
    *("--slurm-init-seconds-before-status-checks", "1", "--seconds-between-status-checks", "1"),
)
GENERIC = (
    *("--profile", "profiles/cluster", "--workflow-profile", "profiles/cluster-generic"),
    *("--seconds-between-status-checks", "1"),
)
LAPTOP = str(ROOT / ".venv/bin/python")


@pytest.fixture(scope="session", autouse=True)
def _one_node() -> None:
    """No other cluster is to get these jobs."""
    if "one_node_slurm" not in os.environ.get("SLURM_CONF", ""):
        pytest.exit("Run 'make test-slurm', which brings up a Slurm for these tests.", returncode=1)


def start(checkout: Path, *arguments: str, archive: str = "", python: str = sys.executable) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [python, "-m", "snakemake", *arguments],
        cwd=checkout,
        env=os.environ | {"VALUE_PORTRAIT_ARCHIVE": archive or str(checkout / "no-archive")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: "subprocess.Popen[str]") -> str:
    try:
        output, _ = process.communicate(timeout=1800)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 0, output
    return output


def jobs(checkout: Path, column: str = "T", states: str = "all") -> list[str]:
    """A column, as squeue calls it, of the jobs that were submitted from a checkout, in their order."""
    command = ["squeue", "--noheader", f"--states={states}", f"--format=%A|%Z|%{column}"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = sorted(
        (int(number), value)
        for number, folder, value in (line.split("|", 2) for line in lines)
        if folder == str(checkout)
    )
    return [value for _, value in rows]


def wait_for(what: Callable[[], object], seconds: float = 120) -> object:
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)
    return found


def assert_the_same_files(laptop: Path, cluster: Path) -> None:
    """Every table is the same, byte for byte; so are the figures, which carry no time stamps."""

    def files(folder: Path) -> dict[Path, Path]:
        paths = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
        return {name: path for name, path in paths.items() if not {"logs", "benchmarks"} & set(name.parts)}

    ours, theirs = files(laptop), files(cluster)
    assert ours.keys() == theirs.keys()
    assert len([name for name in ours if name.suffix in (".csv", ".parquet", ".tex")]) > 20
    assert [name for name in ours if ours[name].read_bytes() != theirs[name].read_bytes()] == []


def script_of_a_job(checkout: Path) -> psutil.Process:
    """A rule's script that runs in one of the checkout's jobs just now."""

    def found() -> psutil.Process | None:
        for process in psutil.process_iter():
            try:
                if (
                    f"{checkout}/.snakemake/scripts/" in " ".join(process.cmdline())
                    and "SLURM_JOB_ID" in process.environ()
                ):
                    return process
            except psutil.Error:
                continue
        return None

    process = wait_for(found)
    assert isinstance(process, psutil.Process)
    return process


# In this order each of three workers gets a long test and a short one.


def test_the_recorded_paper_is_the_same(tmp_path: Path, archive_path: str) -> None:
    laptop, cluster = (copy_checkout(tmp_path / name) for name in ("laptop", "cluster"))
    beside = start(laptop, "--cores", "2", archive=archive_path, python=LAPTOP)
    finish(start(cluster, *SLURM, archive=archive_path))
    finish(beside)
    assert_the_same_files(laptop / "results", cluster / "results")
    asked = dict(zip(jobs(cluster, "k"), jobs(cluster, "m"), strict=True))
    assert len(jobs(cluster)) == 8, "33 models and all stages share few jobs"
    needed = re.findall(r"mem_mb=(\d+)", (ROOT / "workflow/rules/scores.smk").read_text())
    (memory,) = (memory for comment, memory in asked.items() if comment.startswith("rule_scores_"))
    assert memory == f"{max(map(int, needed))}M", "what the rules ask for arrives"


def test_an_interrupted_run_leaves_no_job_and_goes_on(tmp_path: Path) -> None:
    checkout = copy_checkout(tmp_path / "checkout")
    (checkout / "small.yaml").write_text(SMALL_STUDY)
    (checkout / "config/small_models.tsv").write_text(small_models(2))
    command = (*SLURM, "--configfile", "small.yaml", "--", "items")
    running = start(checkout, *command)
    script_of_a_job(checkout)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=120)
    assert running.returncode != 0
    wait_for(lambda: not jobs(checkout, states="pending,running,completing"), 60)
    finish(start(checkout, *command))
    assert (checkout / "results/small/items/item_key.csv").exists()


def test_a_killed_job_is_run_again_and_the_demo_is_the_same(tmp_path: Path) -> None:
    laptop, cluster = (copy_checkout(tmp_path / name) for name in ("laptop", "cluster"))
    demo = ("--configfile", "config/demo.yaml")
    beside = start(laptop, *demo, "--cores", "2", python=LAPTOP)
    running = start(cluster, *SLURM, *demo)
    script_of_a_job(cluster).kill()
    output = finish(running)
    finish(beside)
    assert "Trying to restart job" in output
    assert [state for state in jobs(cluster) if state != "COMPLETED"] == ["FAILED"]
    assert_the_same_files(laptop / "results/demo", cluster / "results/demo")


def test_another_scheduler_runs_the_same_profile(tmp_path: Path) -> None:
    laptop, cluster = (copy_checkout(tmp_path / name) for name in ("laptop", "cluster"))
    for checkout in (laptop, cluster):
        (checkout / "small.yaml").write_text(SMALL_STUDY)
        (checkout / "config/small_models.tsv").write_text(small_models(3))
    small = ("--configfile", "small.yaml")
    beside = start(laptop, *small, "--cores", "2", python=LAPTOP)
    finish(start(cluster, *GENERIC, *small))
    finish(beside)
    assert set(jobs(cluster)) == {"COMPLETED"}
    assert_the_same_files(laptop / "results/small", cluster / "results/small")


@pytest.mark.parametrize("where", ["submitting node", "cluster"])
def test_live_models_of_a_provider_are_asked_one_after_the_other(tmp_path: Path, server, where: str) -> None:
    models = ["first", "second"]
    checkout = copy_checkout(tmp_path / "checkout")
    write_live_study(checkout, server, models)
    profile = checkout / "profiles/cluster/config.yaml"
    if where == "cluster":
        profile.write_text(profile.read_text().replace("  # - ", "  - "))
    server.latency_s = 0.5
    finish(start(checkout, *SLURM, "--configfile", "live.yaml", "--", "responses"))
    asked = [comment for comment in jobs(checkout, "k") if "query_model" in comment]
    assert len(asked) == (2 if where == "cluster" else 0)
    assert server.requests == len(models) * (LIVE_ITEMS * len(LIVE_VERSIONS) + 1)
    order = [body["model"] for body in server.bodies]
    turns = sum(one != next_one for one, next_one in itertools.pairwise(order))
    assert turns <= 3, "each preflight and each collection is one block"
    for model in models:
        assert (checkout / f"results/live/responses/{model}/baseline.parquet").exists()
