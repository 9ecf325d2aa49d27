"""The lock file, the conda environments and the declared dependencies say the same."""

import re
import tomllib
from importlib.metadata import packages_distributions

import pytest
import yaml
from rule_scripts import ROOT, SAME_AS, SCRIPTS, imported, rules

LOCK = (ROOT / "requirements.lock").read_text()
LOCKED = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", LOCK, re.MULTILINE))


@pytest.mark.parametrize("path", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda path: path.stem)
def test_conda_pins_are_those_of_the_lock(path):
    _python, *pins = yaml.safe_load(path.read_text())["dependencies"]
    for pin in pins:
        name, version = pin.split(" =")
        assert LOCKED[SAME_AS.get(name, name)] == version


def test_every_locked_package_has_hashes():
    for block in re.split(r"\n(?=[a-z0-9])", LOCK.split("\n", 2)[2]):
        assert "--hash=sha256:" in block, block


def test_declared_dependencies_are_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for requirement in project["project"]["dependencies"] + project["dependency-groups"]["dev"]:
        name = re.split(r"[\[<>=]", requirement)[0].lower()
        assert name in LOCKED, name


def test_the_clusters_lock_adds_to_the_main_one():
    lock = (ROOT / "requirements-cluster.lock").read_text()
    added = dict(re.findall(r"^([a-z0-9-]+)==([^ ;\\]+)", lock, re.MULTILINE))
    assert not added.keys() & LOCKED.keys()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert {requirement.split(">")[0] for requirement in project["dependency-groups"]["cluster"]} <= added.keys()
    assert lock.count("--hash=sha256:") >= len(added)


@pytest.mark.parametrize(("rule", "script", "environment"), list(rules()))
def test_a_rules_environment_holds_what_its_script_imports(rule, script, environment):
    assert rule == script.partition("/")[2]
    dependencies = yaml.safe_load((ROOT / f"envs/{environment}.yaml").read_text())["dependencies"]
    held = {SAME_AS.get(name := pin.split()[0], name) for pin in dependencies}
    distributions = packages_distributions()
    for module in imported(SCRIPTS / f"{script}.py", set()):
        assert {name.lower() for name in distributions[module]} & held, f"{script} imports {module}"
