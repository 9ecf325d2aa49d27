"""The profiles say the same where they must, and name every rule and provider."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PROFILES = {name: yaml.safe_load((ROOT / f"profiles/{name}/config.yaml").read_text()) for name in ("default", "slurm")}
GENERIC = yaml.safe_load((ROOT / "profiles/cluster-generic/config.yaml").read_text())
# The file of a stage's rules, where it has another name than the stage.
STAGES = {
    "certificate": "publication",
    "figures": "publication",
    "no_certificate": "publication",
    "people": "personas",
    "queries": "responses",
}


def rules():
    """Every rule that runs something: its stage, its name, its text."""
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        for block in re.split(r"\n\s*rule ", path.read_text())[1:]:
            if "script:" in block or "shell:" in block:
                yield pytest.param(STAGES.get(path.stem, path.stem), block, id=block.split(":")[0])


@pytest.mark.parametrize("profile", [*PROFILES.values(), GENERIC], ids=[*PROFILES, "cluster-generic"])
def test_every_provider_is_asked_by_one_job_at_a_time(profile):
    providers = yaml.safe_load((ROOT / "config/providers.yaml").read_text())["providers"]
    assert set(profile["resources"]) == {f"jobs_{name}=1" for name in providers}


def test_another_profile_repeats_what_the_default_one_says():
    for profile in (PROFILES["slurm"], GENERIC):
        assert (
            profile.items() >= {key: PROFILES["default"][key] for key in PROFILES["default"] if key != "cores"}.items()
        )


def test_the_cluster_profiles_differ_in_what_names_the_scheduler_alone():
    def common(profile):
        kept = {
            key: value for key, value in profile.items() if not re.match("executor|cluster-generic|max-status", key)
        }
        return kept

    assert common(PROFILES["slurm"]) == common(GENERIC)


@pytest.mark.parametrize(("stage", "rule"), list(rules()))
def test_a_rule_is_local_or_shares_a_job_with_its_stage(stage, rule):
    name = rule.split(":")[0]
    groups = dict(line.split("=") for line in PROFILES["slurm"]["groups"])
    if "localrule: True" in rule:
        assert name not in groups
    elif int(re.search(r"runtime=(\d+)", rule)[1]) <= 5:
        assert groups[name] == stage
    else:
        assert name not in groups, "long jobs have a job of the cluster each"


@pytest.mark.parametrize(("stage", "rule"), list(rules()))
def test_a_rule_says_what_it_needs(stage, rule):
    assert re.search(r"^\s+threads: \d+$", rule, re.MULTILINE)
    memory, minutes = re.search(r"resources:\n.*?mem_mb=(\d+),\n\s+runtime=(\d+),", rule, re.DOTALL).groups()
    assert int(memory) >= 250
    assert int(minutes) >= 1


def test_the_laptops_environment_has_no_plugin_for_clusters():
    assert find_spec("snakemake_executor_plugin_slurm") is None
    assert find_spec("snakemake_executor_plugin_cluster_generic") is None
