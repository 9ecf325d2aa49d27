"""Two processes want the same results; only the kernel says who has them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from value_portrait.errors import InputError
from value_portrait.locking import begin_run, is_locked

LIBRARY = Path(__file__).parents[2] / "workflow" / "scripts"


@contextmanager
def other_process(code: str, folder: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does something, says so, and stays until it is killed."""
    code = f"import sys; from value_portrait.locking import *; {code}; print(flush=True); sys.stdin.read()"
    environment = {**os.environ, **environment, "PYTHONPATH": str(LIBRARY)}
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VALUE_PORTRAIT_JOBS", "")
    return tmp_path


def test_a_second_run_is_told_of_the_first_until_that_is_killed(folder: Path) -> None:
    with other_process("begin_run('results', 'runs/results')", folder) as first:
        with pytest.raises(InputError, match=rf"^results: is being written by process {first.pid} on .*\. Wait for it"):
            begin_run("results", "runs/results")
        begin_run("results/demo", "runs/demo")
    begin_run("results", "runs/results")


def test_a_job_that_outlives_its_run_keeps_the_next_one_waiting(folder: Path) -> None:
    begin_run("results", "runs/results")
    assert os.environ["VALUE_PORTRAIT_JOBS"] == "runs/results/jobs"
    with other_process("join_run()", folder), other_process("join_run()", folder):
        assert is_locked("runs/results/jobs")
        # Whoever asks is no longer the run whose jobs these are.
        with pytest.raises(InputError, match=r"^results: is still being written by jobs of a run that was killed\."):
            begin_run("results", "runs/results")
    begin_run("results", "runs/results")


def test_a_job_joins_where_there_is_no_run_to_be_seen(folder: Path) -> None:
    with other_process("join_run()", folder, VALUE_PORTRAIT_JOBS="elsewhere/jobs") as process:
        assert process.poll() is None
    environment = {name: value for name, value in os.environ.items() if name != "VALUE_PORTRAIT_JOBS"}
    code = "from value_portrait.locking import join_run; join_run()"
    subprocess.run([sys.executable, "-c", code], env=environment | {"PYTHONPATH": str(LIBRARY)}, check=True)


def test_a_folder_that_cannot_be_locked_ends_in_one_line(folder: Path) -> None:
    (folder / "runs").write_text("a file")
    with pytest.raises(
        InputError, match=r"^runs/results: cannot be written and locked \(Not a directory\)\. Run where"
    ):
        begin_run("results", "runs/results")
