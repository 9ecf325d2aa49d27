"""Each software environment, made from its YAML file's pins alone, runs the jobs of its rules.

Needs a package index, so it is no part of the default tests. The packages come as wheels instead of from conda, in the
versions and with the hashes of the lock file.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import requires
from pathlib import Path

import pytest
import yaml
from conftest import copy_checkout
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rule_scripts import ROOT, SAME_AS, SCRIPTS, imported, rules

ENVIRONMENTS = sorted(path.stem for path in (ROOT / "envs").glob("*.yaml"))
LOCK = (ROOT / "requirements.lock").read_text()
LOCKED = {block.split("==")[0]: block for block in re.split(r"\n(?=[a-z0-9])", LOCK.split("\n", 2)[2])}
# What pip and uv say where no index answers.
UNREACHABLE = re.compile(r"connection broken by|Failed to fetch|error sending request|Network is", re.I)
# Packages look for these of their own accord and do without: here they find those beside Snakemake, behind their own.
OPTIONAL = {"charset_normalizer", "cloudpickle", "dateutil", "idna"}
# Python imports a module of this name at its start. A job names its own Python, and what it took from ours.
REPORTER = """
import atexit, os, sys

def report():
    ours = os.environ["OUR_PACKAGES"] + "/"
    files = {os.path.realpath(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
    taken = {file.removeprefix(ours).split("/")[0].removesuffix(".py") for file in files if file.startswith(ours)}
    with open(os.environ["REPORT"], "a") as log:
        print(os.path.basename(sys.argv[0]).split(".")[-2], os.path.realpath(sys.prefix), *sorted(taken), file=log)

if "/.snakemake/scripts/" in sys.argv[0]:
    atexit.register(report)
"""

# As much of conda as Snakemake asks for: an environment is the one made here from the same file.
CONDA = """#!/bin/sh
case "$*" in
"info --json") echo '{{"conda_prefix": "{prefix}", "platform": "here"}}' ;;
"--version") echo "conda 99.0.0" ;;
"config --get channel_priority --json") echo '{{"get": {{"channel_priority": "strict"}}}}' ;;
"env create --quiet --no-default-packages --file "*)
    for made in {prefix}/*; do cmp -s "$6" "{envs}/${{made##*/}}.yaml" && exec ln -s "$made" "$8"; done
    exit 1 ;;
"clean "*) ;;
*) echo "unexpected: conda $*" >&2; exit 1 ;;
esac
"""


@pytest.fixture(scope="session")
def environments(tmp_path_factory) -> Path:
    """A folder with a virtual environment for each YAML file."""
    folder = tmp_path_factory.mktemp("environments")
    for name in ENVIRONMENTS:
        make_environment(folder / name, pins(name))
    return folder


def pins(environment: str) -> set[str]:
    """The packages that a YAML file names, by their names on the index."""
    _python, *dependencies = yaml.safe_load((ROOT / f"envs/{environment}.yaml").read_text())["dependencies"]
    return {SAME_AS.get(name := pin.split()[0], name) for pin in dependencies}


def with_requirements(names: set[str]) -> set[str]:
    """Packages and what they need on this machine, as the packages beside this test say."""
    found, ahead = set(), set(names)
    while ahead:
        found.add(name := ahead.pop())
        needed = [Requirement(text) for text in requires(name) or ()]
        ahead |= {canonicalize_name(need.name) for need in needed if not need.marker or need.marker.evaluate()} - found
    return found


def make_environment(path: Path, names: set[str]) -> None:
    """A virtual environment with these packages and what they need, all as locked; skips without an index."""
    wanted = path.with_suffix(".txt")
    wanted.write_text("\n".join(LOCKED[name] for name in sorted(with_requirements(names))))
    if shutil.which("uv"):
        install(["uv", "venv", "--quiet", "--python", sys.executable, path])
        install(["uv", "pip", "sync", "--quiet", "--python", path / "bin/python", "--require-hashes", wanted])
        install(["uv", "pip", "check", "--quiet", "--python", path / "bin/python"])
    else:
        install([sys.executable, "-m", "venv", path])
        pip = [path / "bin/python", "-m", "pip", "--disable-pip-version-check"]
        install([*pip, "install", "--quiet", "--no-deps", "--require-hashes", "-r", wanted])
        install([*pip, "check"])


def install(command: list[str | Path]) -> None:
    """Run a step of an installation."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode and UNREACHABLE.search(result.stdout):
        pytest.skip(f"No package index is reachable: {result.stdout.strip().splitlines()[-1]}")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_imports_all_that_its_rules_may_import(environments, environment):
    own = {rule.script for rule in rules() if rule.environment == environment}
    assert own
    modules: set[Path] = set()
    packages = {package for script in own for package in imported(SCRIPTS / f"{script}.py", modules)}
    names = {".".join(module.relative_to(SCRIPTS).with_suffix("").parts) for module in modules}
    program = f"import sys; sys.path.append({str(SCRIPTS)!r})\n"
    scripts = {script.replace("/", ".") for script in own}
    program += "".join(f"import {name}\n" for name in sorted(scripts | names | packages))
    python = environments / environment / "bin/python"
    result = subprocess.run([python, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_the_embedded_study_runs_in_the_environments(environments, tmp_path):
    """Snakemake's own way through conda, with a conda that hands out the environments made here."""
    conda = tmp_path / "bin/conda"
    conda.parent.mkdir()
    conda.write_text(CONDA.format(prefix=environments, envs=ROOT / "envs"))
    conda.chmod(0o755)
    (environments / "bin").mkdir()
    (environments / "bin/activate").write_text('PATH="$1/bin:$PATH"\n')
    for packages in environments.glob("*/lib/python*/site-packages"):
        (packages / "sitecustomize.py").write_text(REPORTER)
    environment = os.environ | {
        "PATH": f"{conda.parent}:{os.environ['PATH']}",
        "OUR_PACKAGES": os.path.realpath(sysconfig.get_paths()["purelib"]),
        "REPORT": str(tmp_path / "report"),
    }
    checkout = copy_checkout(tmp_path / "checkout")
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--sdm", "conda", "--configfile", "config/demo.yaml"]
    result = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert (checkout / "results/demo/publication/summary.md").exists()
    environment_of = {rule.name: rule.environment for rule in rules()}
    jobs = [line.split() for line in (tmp_path / "report").read_text().splitlines()]
    assert {environment_of[script] for script, *_ in jobs} == {"collection", "analysis"}
    for script, prefix, *taken in jobs:
        assert prefix == os.path.realpath(environments / environment_of[script])
        needed = {name for name in taken if not name.startswith("snakemake")} - OPTIONAL
        assert not needed, f"{script} takes {needed} from Snakemake's own environment"
