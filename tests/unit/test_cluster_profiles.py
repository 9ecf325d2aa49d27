"""The profiles say the same where they must, and name every rule and provider."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEFAULT, CLUSTER, SLURM, GENERIC = (
    yaml.safe_load((ROOT / f"profiles/{name}/config.yaml").read_text())
    for name in ("default", "cluster", "slurm", "cluster-generic")
)
# The file of a stage's rules, where it has another name than the stage.
STAGES = {
    "certificate": "publication",
    "claims": "robustness",
    "figures": "publication",
    "no_certificate": "publication",
    "page": "publication",
    "report": "publication",
    "people": "personas",
    "plan": "robustness",
    "queries": "responses",
    "robustness_models": "robustness",
    "publication_models": "publication",
}


def rules():
    """Every rule that runs something: its stage, its name, its text."""
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        for block in re.split(r"\n\s*rule ", path.read_text())[1:]:
            if "script:" in block or "shell:" in block:
                yield pytest.param(STAGES.get(path.stem, path.stem), block, id=block.split(":")[0])


def test_every_provider_is_asked_by_one_job_at_a_time():
    providers = yaml.safe_load((ROOT / "config/providers.yaml").read_text())["providers"]
    assert set(CLUSTER["resources"]) == {f"jobs_{name}=1" for name in providers}


def test_a_cluster_differs_from_a_laptop_in_what_it_adds_its_cores_and_its_lock_alone():
    assert CLUSTER | DEFAULT == CLUSTER | {"cores": "all", "nolock": True}


def test_a_schedulers_profile_says_nothing_that_clusters_share():
    for profile in (SLURM, GENERIC):
        assert not profile.keys() & (CLUSTER.keys() | DEFAULT.keys())
        assert profile["executor"]


def asked(rule, resource):
    """What a rule asks for: its own number, or the profile's."""
    own = re.search(rf"\b{resource}=(\d+)", rule)
    return int(own[1]) if own else DEFAULT["default-resources"][resource]


@pytest.mark.parametrize(("stage", "rule"), list(rules()))
def test_a_rule_is_local_or_shares_a_job_with_its_stage(stage, rule):
    name = rule.split(":")[0]
    groups = dict(line.split("=") for line in CLUSTER["groups"])
    if "localrule: True" in rule:
        assert name not in groups
    elif asked(rule, "runtime") <= 5:
        assert groups[name] == stage
    else:
        assert name not in groups, "long jobs have a job of the cluster each"


def test_groups_name_rules_that_there_are():
    names = {parameters.id for parameters in rules()}
    assert {line.split("=")[0] for line in CLUSTER["groups"]} <= names
    assert {line.split("=")[0] for line in CLUSTER["group-components"]} == {
        line.split("=")[1] for line in CLUSTER["groups"]
    }


@pytest.mark.parametrize(("stage", "rule"), list(rules()))
def test_a_rule_names_what_differs_from_the_default_alone(stage, rule):
    for resource, usual in DEFAULT["default-resources"].items():
        assert f"{resource}={usual}," not in rule
        assert asked(rule, resource) >= 1
    assert "threads:" not in rule


def test_the_laptops_environment_has_no_plugin_for_clusters():
    assert find_spec("snakemake_executor_plugin_slurm") is None
    assert find_spec("snakemake_executor_plugin_cluster_generic") is None
