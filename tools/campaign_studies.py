"""The small finished studies that the campaign changes: what is in each of them, and how it is run."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from authors_archive import MODELS, archive_files, write_archive
from authors_archive import VERSIONS as ARCHIVED
from conftest import ROOT, SMALL_PAPER, SMALL_PAPER_TARGETS, run_snakemake, small_models, write_small_paper
from live_study import write_live_study
from loopback import Loopback
from value_portrait.checking import read_config
from value_portrait.paper import raw_files
from value_portrait.paper.certifying.published_scores import FOLDER
from value_portrait.paper.certifying.stated import VERSIONS
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.simulation.respondents import simulate_respondents

LIVE, EXPORTED = "fir-live", {"fir-lines": "jsonl", "fir-columns": "parquet"}
SCORES = f"{FOLDER}/fir-1.json"


class Study(NamedTuple):
    """What makes a study, its config, what is run of it, where its results are, and rules that are always run."""

    make: Callable[[Path], object]
    config: str
    targets: tuple[str, ...]
    results: str
    again: tuple[str, ...] = ()


def make_paper(checkout: Path) -> None:
    """A study in the authors' layout, with people of its own and a model that is known by print alone."""
    write_small_paper(checkout)
    (checkout / "data/raw/ess").mkdir()
    groups = read_config(ROOT / "config.yaml")["people"]["groups"]
    respondents = simulate_respondents(np.random.default_rng(11), 1500, groups)
    respondents.to_csv(checkout / "data/raw/ess/ESS11.csv", index=False)
    models = checkout / "config/small_models.tsv"
    row = models.read_text().splitlines()[-1].replace("fir-3", "qwen2.5-0.5b-instruct")
    models.write_text(models.read_text() + row.replace("recorded", "printed").replace("baseline", "") + "\n")


def make_certified(checkout: Path) -> None:
    """Recorded answers to all of the paper's prompt versions, with the authors' correlations, tags and scores."""
    files = archive_files(VERSIONS)
    tagged = archive_files()[raw_files.ITEMS]
    for query in tagged:
        for output in query["outputs"]:
            output["correlations"] = [["Power", 0.4], ["Hedonism", -0.35]]
    cell = {"original_mean": 3.0, "centered_mean": 0.5, "std_dev": 1.0, "n": 4}
    scores = {family.name: dict.fromkeys(family.names, cell) for family in VALUE_PORTRAIT.families}
    for family, path in raw_files.PUBLISHED_CORRELATIONS.items():
        files[path] = [
            {
                "portrait_id": query["portrait_id"],
                "option_id": output["id"],
                f"{family}_dimension": name,
                "spearman_corr": 0.25,
                "spearman_p_value": 0.125,
            }
            for query in tagged
            for output in query["outputs"]
            for name in VALUE_PORTRAIT.family(family).names
        ]
    files |= {raw_files.PUBLISHED_TAGS: tagged, SCORES: {"meta": {"model_name": MODELS[0]}, "scores": scores}}
    write_archive(checkout / "data/raw", files)
    (checkout / "small.yaml").write_text(SMALL_PAPER.replace(", ".join(ARCHIVED), ", ".join(VERSIONS)))
    (checkout / "config/small_models.tsv").write_text(small_models(len(MODELS)).replace("simulated", "recorded"))


def make_live(checkout: Path, server: Loopback) -> None:
    """A model that was asked, and two whose answers were asked elsewhere and exported."""
    write_live_study(checkout, server, [LIVE, *EXPORTED])
    asked = run_snakemake(checkout, "--configfile", "live.yaml", "--", "responses")
    assert asked.returncode == 0, asked.stdout
    for name, kind in EXPORTED.items():
        (checkout / "data/recorded").mkdir(exist_ok=True)
        to = f"data/recorded/{name}.{kind}"
        tool = [sys.executable, str(ROOT / "tools/responses.py"), "export", name, "--to", to]
        subprocess.run([*tool, "--configfile", "live.yaml"], cwd=checkout, check=True)
    models = checkout / "config/live_models.tsv"
    header, *rows = models.read_text().splitlines()
    rows = [row if row.startswith(LIVE) else row.replace("\tlive\t", "\trecorded\t") for row in rows]
    # From now on in batches, so that there is a journal that is read.
    rows = [row.replace("\tbaseline\t", "\tbaseline\tyes") if row.startswith(LIVE) else row for row in rows]
    models.write_text("\n".join([header, *rows]) + "\n")
    providers = checkout / "config/providers.yaml"
    providers.write_text(providers.read_text().replace("    free: true\n", "    free: true\n    batch_discount: 0.5\n"))


def make_own(checkout: Path) -> None:
    """A study of tables that people rated, with the answers of one of its models recorded."""
    subprocess.run([sys.executable, str(ROOT / "tools/new_study.py"), "mine"], cwd=checkout, check=True)
    models = checkout / "mine/models.tsv"
    models.write_text(models.read_text().replace("fir-1\tsimulated", "fir-1\trecorded"))
    (checkout / "mine/topics.csv").write_text("query_id,topic\nX\n".replace("X", f"{first_item(checkout)},Home"))
    rows = [
        {"item_id": line.split(",")[0], "prompt_version": version, "raw_response": "agree"}
        for line in (checkout / "mine/items.csv").read_text().splitlines()[1:]
        for version in ("plain", "plain_reversed")
    ]
    (checkout / "mine/answers").mkdir()
    (checkout / "mine/answers/fir-1.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def first_item(checkout: Path) -> str:
    """The id of the first item of the study of tables."""
    return (checkout / "mine/items.csv").read_text().splitlines()[1].split(",")[0]


def studies(server: Loopback) -> dict[str, Study]:
    """All of them, by name."""
    small = "results/small"
    return {
        "paper": Study(make_paper, "small.yaml", SMALL_PAPER_TARGETS, small),
        "certified": Study(make_certified, "small.yaml", (f"{small}/certificate/records.parquet",), small),
        "live": Study(
            lambda checkout: make_live(checkout, server),
            "live.yaml",
            ("responses",),
            "results/live",
            ("preflight_model", "query_model"),
        ),
        "own": Study(make_own, "mine/study.yaml", ("items", "scores"), "results/mine"),
    }
