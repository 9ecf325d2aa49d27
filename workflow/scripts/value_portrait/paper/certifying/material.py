"""What the certificate compares, read and put together."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from value_portrait.paper.certifying.findings import Finding, read_findings
from value_portrait.paper.certifying.parsing import READ_BY_PARSERS, parser_answers
from value_portrait.paper.certifying.sources import Sources, read_sources
from value_portrait.paper.certifying.stated import VERSIONS
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.scores.ratings import Ratings, read_ratings
from value_portrait.tables import read_parts, read_table, schemas


@dataclass(frozen=True)
class Material(Sources):
    """What is compared: the sources, and what this run made of them and of models' answers.

    Attributes
    ----------
    on_sources : the findings that the sources alone decide.
    recomputed, explained, without_repeated : tables ``correlations``: from the raw surveys; those with the second
        profiles of participants in two groups; and without these participants.
    by_published, by_strict : ratings of the recorded models' baseline, one subject for each model, by either parser.
    read_apart : their answers that the parsers read differently, as by ``parser_answers``.
    others : ratings of the other models of Table 12 at baseline, asked in this run.
    persona_effects, people : tables of those names; no people where the config wants none.
    openai : models that were asked by the authors' client for OpenAI.
    archived : models whose answers the archive holds.
    """

    on_sources: Sequence[Finding]
    recomputed: pd.DataFrame
    explained: pd.DataFrame
    without_repeated: pd.DataFrame
    by_published: Ratings
    by_strict: Ratings
    read_apart: pd.DataFrame
    others: Ratings
    persona_effects: pd.DataFrame
    people: pd.DataFrame
    openai: Sequence[str]
    archived: Sequence[str]


# By the name of the schema.
_TABLES = {
    **dict.fromkeys(["recomputed", "explained", "without_repeated"], "correlations"),
    "persona_effects": "persona_effects",
    "people": "people",
}


def gather(paths: Mapping[str, Any], archive: Path, recorded: Container[str], archived: Mapping[str, str]) -> Material:
    """Read the material.

    Parameters
    ----------
    paths : as for ``read_sources``, and of the other tables and findings, by their names among the rule's inputs; a
        config without groups has no table ``people``.
    archive : folder of the verified archive.
    recorded : the models whose answers come from the archive in this run.
    archived : for each model of the archive its file of answers to the first prompt version.
    """
    sources = read_sources(paths, archive)
    frames = {
        name: read_table(paths[name], schema, VALUE_PORTRAIT).to_pandas()
        for name, schema in _TABLES.items()
        if name in paths
    }
    frames.setdefault("people", pd.DataFrame(columns=list(schemas(VALUE_PORTRAIT)["people"].columns)))
    ids = list(sources.item_table["item_id"])
    everyone, strictly = (
        read_ratings(paths["ratings"], f"{parser}_rating", VERSIONS, ids, VALUE_PORTRAIT).under("baseline")
        for parser in ("published", "strict")
    )
    others = [model for model in sources.printed["open_weight_scores"].index if model not in recorded]
    stored = read_parts(paths["ratings"], "ratings", VALUE_PORTRAIT, [*READ_BY_PARSERS, "repeat"])
    read_apart = pd.concat(map(parser_answers, stored))
    own = read_apart["model"].map(recorded.__contains__) & (read_apart["condition"] == "baseline")
    return Material(
        **vars(sources),
        **frames,
        on_sources=read_findings(paths["findings_on_sources"]),
        read_apart=read_apart[own.astype(bool)].reset_index(drop=True),
        by_published=of_models(everyone, recorded),
        by_strict=of_models(strictly, recorded),
        others=of_models(everyone, others),
        openai=sorted(model for model, path in archived.items() if "/openai/" in path),
        archived=list(archived),
    )


def of_models(ratings: Ratings, models: Container[str]) -> Ratings:
    """The subjects that are one of the models."""
    return ratings.take([place for place, (model, _) in enumerate(ratings.subjects) if model in models])
