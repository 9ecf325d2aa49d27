"""The Slurm for tests is not made where it could be in somebody's way, or cannot be had."""

import os
import subprocess
from pathlib import Path

import psutil
import pytest
from conftest import ROOT

needs_no_slurm = pytest.mark.skipif(
    any(process.info["name"].startswith(("slurm", "munged")) for process in psutil.process_iter(["name"])),
    reason="a Slurm is running",
)


def bring_up(tmp_path: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    made = tmp_path / "made"
    done = subprocess.run(
        [ROOT / "tools/one_node_slurm.sh", "touch", made],
        env=os.environ | {"TMPDIR": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not made.exists(), "the command did not run"
    assert not list(tmp_path.glob("one_node_slurm*")), "nothing stays behind"
    return done


def test_a_machine_of_a_cluster_is_left_alone(tmp_path):
    done = bring_up(tmp_path, SLURM_CONF="/somewhere/slurm.conf")
    assert done.returncode == 0
    assert done.stderr.startswith("SKIPPED the tests on Slurm: SLURM_CONF is set (/somewhere/slurm.conf)")


@needs_no_slurm
def test_without_packages_it_says_why_and_ends_well(tmp_path):
    apt = tmp_path / "bin/apt-get"
    apt.parent.mkdir()
    apt.write_text("#!/bin/sh\necho 'E: Could not resolve the mirror'\nexit 100\n")
    apt.chmod(0o755)
    done = bring_up(tmp_path, PATH=f"{apt.parent}:{os.environ['PATH']}")
    assert done.returncode == 0
    assert "SKIPPED the tests on Slurm: apt-get could not fetch" in done.stderr
    assert "E: Could not resolve the mirror" in done.stderr
