"""The recipe of an image for ``--sdm apptainer``; Snakemake asks conda for its version before it writes one."""

import os
import subprocess
import sys

from conftest import ROOT

CONDA = """\
#!/bin/sh
case $1 in
--version) echo conda 25.1.0 ;;
*) echo '{"conda_prefix": "/opt/conda", "platform": "linux-64", "get": {"channel_priority": "strict"}}' ;;
esac
"""


def test_the_recipe_holds_every_environment(checkout, tmp_path):
    conda = tmp_path / "bin/conda"
    conda.parent.mkdir()
    conda.write_text(CONDA)
    conda.chmod(0o755)
    path = f"{conda.parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "snakemake", "--containerize"]
    done = subprocess.run(
        command, cwd=checkout, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "\nFROM " in f"\n{done.stdout}"
    for environment in (ROOT / "envs").glob("*.yaml"):
        assert f"COPY envs/{environment.name} " in done.stdout
    assert done.stdout.count("conda env create") == len(list((ROOT / "envs").glob("*.yaml")))
