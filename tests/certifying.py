"""The certificate's material, from the tables of a finished run of the paper."""

from pathlib import Path
from typing import Any

from conftest import ROOT
from value_portrait.paper.certifying.material import Material, gather
from value_portrait.paper.certifying.printed import PRINTED

TABLES = {
    "survey": "study/survey.parquet",
    "participants": "study/participants.parquet",
    "pilot_survey": "study/pilot_survey.parquet",
    "pilot_participants": "study/pilot_participants.parquet",
    "item_table": "study/items.parquet",
    "prompts": "study/prompts.parquet",
    "topics": "study/topics.csv",
    "published": "items/published_correlations.parquet",
    "recomputed": "certificate/recomputed_correlations.parquet",
    "explained": "certificate/explained_correlations.parquet",
    "without_repeated": "certificate/correlations_without_repeated.parquet",
    "ratings": "scores/ratings.parquet",
    "records": "certificate/records.parquet",
    "findings_on_sources": "certificate/findings_on_sources.csv",
    "persona_effects": "personas/effects.csv",
    "people": "personas/people.csv",
}


def gather_material(results: Path, *missing: str) -> Material:
    """The material of a finished run, but for some of its tables."""
    files = {
        path.name.removesuffix("_v1_results.json"): str(path)
        for path in sorted((results / "study/archive/lm_evaluation/outputs").rglob("*_v1_results.json"))
    }
    paths: dict[str, Any] = {name: str(results / path) for name, path in TABLES.items() if name not in missing}
    paths["sums"] = str(ROOT / "data/raw/SHA256SUMS")
    paths["printed"] = [str(ROOT / shape.file) for shape in PRINTED.values()]
    return gather(paths, results / "study/archive", list(files), files)
