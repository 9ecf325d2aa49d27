"""Runs that are killed, interrupted, or meet another: the same command goes on, and nothing has to be unlocked."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import run_snakemake, write_small_study

COMMAND = ["--configfile", "small.yaml", "--", "items", "scores"]
RESULTS = "results/small"


def tables(checkout: Path) -> dict[str, bytes]:
    """What the command makes, whole or not, but for logs and for how long it took."""
    folders = [checkout / RESULTS / name for name in ("items", "responses", "scores")]
    made = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(checkout)): path.read_bytes() for path in made}


@contextmanager
def started(checkout: Path) -> Iterator[subprocess.Popen[str]]:
    """A run in a group of processes of its own, some of whose jobs have ended."""
    # Where the tests run in the background, Ctrl-C is ignored, and children would inherit that.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "snakemake", "--cores", "2", *COMMAND]
    with subprocess.Popen(
        command, cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as run:
        deadline = time.monotonic() + 60
        while not list((checkout / RESULTS).glob("study/*.parquet")) and time.monotonic() < deadline:
            time.sleep(0.02)
        try:
            yield run
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)


@pytest.fixture
def fresh(checkout: Path) -> Path:
    write_small_study(checkout)
    return checkout


def test_after_a_kill_the_same_command_goes_on(fresh: Path, small_demo: Path) -> None:
    with started(fresh) as run:
        os.killpg(run.pid, signal.SIGKILL)
    (fresh / RESULTS / f"study/.half.{run.pid}.partial.csv").write_text("ha")
    result = run_snakemake(fresh, *COMMAND)
    assert result.returncode == 0, result.stdout
    assert tables(fresh) == tables(small_demo)
    assert not list((fresh / RESULTS).rglob(".*"))


def test_a_second_run_of_the_same_results_is_refused_in_one_line_and_harms_nothing(
    fresh: Path, small_demo: Path
) -> None:
    with started(fresh) as first:
        second = run_snakemake(fresh, *COMMAND)
        assert second.returncode == 1
        assert (
            second.stdout.rstrip()
            .splitlines()[-1]
            .startswith(f"Error: {RESULTS}: is being written by process {first.pid} on ")
        )
        assert "Traceback" not in second.stdout
        said, _ = first.communicate(timeout=120)
        assert first.returncode == 0, said
    assert tables(fresh) == tables(small_demo)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_jobs_end_and_leaves_no_traceback(fresh: Path, number: signal.Signals) -> None:
    with started(fresh) as run:
        os.killpg(run.pid, number)
        said, _ = run.communicate(timeout=60)
    assert run.returncode == 1
    assert "this might take some time." in said
    assert "Traceback" not in said
    assert "Error in rule" not in said
    assert not list((fresh / RESULTS).rglob(".*"))


def test_an_interrupt_while_the_workflow_is_read_is_one_line(fresh: Path) -> None:
    interrupted = (
        "import sys; sys.path.insert(0, 'workflow/scripts'); from value_portrait import checking\n"
        "def interrupt(*_): raise KeyboardInterrupt\n"
        "checking.read_rows = interrupt\n"
        "from snakemake.cli import main; main(['-n', '--quiet', 'all', '--configfile', 'small.yaml'])"
    )
    done = subprocess.run([sys.executable, "-c", interrupted], cwd=fresh, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGINT
    assert done.stderr.splitlines()[1:] == [
        "Interrupted. What is finished is kept: the same command goes on from there."
    ]


def test_what_snakemake_reads_beside_ours_is_read_by_us_first(fresh: Path) -> None:
    (fresh / "twice.yaml").write_text("seed: 1\nseed: 2\n")
    result = run_snakemake(fresh, "-n", "--configfile", "twice.yaml")
    assert result.returncode == 1
    assert "twice.yaml, line 2: the key 'seed' stands there twice." in result.stdout.splitlines()[-1]


def test_a_full_disk_ends_in_a_clear_line(fresh: Path, mounted: Callable[..., None]) -> None:
    mounted(fresh / RESULTS, "size=30k")
    result = run_snakemake(fresh, *COMMAND)
    assert result.returncode == 1
    assert "cannot be written (No space left on device). Make room on its disk, and run again" in result.stdout
    assert "Traceback" not in result.stdout
    assert not list((fresh / RESULTS).rglob(".*"))


def test_a_read_only_disk_ends_in_a_clear_line_and_keeps_what_is_there(
    demo_copy: Path, mounted: Callable[..., None]
) -> None:
    before = tables(demo_copy)
    (demo_copy / RESULTS).rename(demo_copy / "kept")
    mounted(demo_copy / RESULTS, "size=50m")
    shutil.copytree(demo_copy / "kept", demo_copy / RESULTS, dirs_exist_ok=True)
    mounted(demo_copy / RESULTS, "remount,ro")
    result = run_snakemake(demo_copy, "--forceall", *COMMAND)
    assert result.returncode == 1
    assert "Write-protected output files" in result.stdout
    assert "Traceback" not in result.stdout
    assert tables(demo_copy) == before


@pytest.fixture
def mounted() -> Iterator[Callable[..., None]]:
    """Mounts a small disk at a folder, which few may."""
    folders: set[Path] = set()

    def mount(folder: Path, options: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"needs the right to mount a disk: {done.stderr.strip()}")
        folders.add(folder)

    yield mount
    for folder in folders:
        subprocess.run(["umount", folder], check=True)
