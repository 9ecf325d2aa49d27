"""What the certificate compares, read and put together."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from value_portrait.paper.archive import read_sums
from value_portrait.paper.certifying.parsing import READ_BY_PARSERS, parser_answers
from value_portrait.paper.certifying.printed import read_printed
from value_portrait.paper.certifying.published_scores import read_published_scores
from value_portrait.paper.certifying.published_tags import read_published_tags, read_tagged_items
from value_portrait.paper.certifying.records import RECORDS
from value_portrait.paper.certifying.stated import VERSIONS
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.raw_files import PUBLISHED_TAGS
from value_portrait.scores.ratings import Ratings, read_ratings
from value_portrait.tables import read_parts, read_table, schemas


@dataclass(frozen=True)
class Material:
    """What is compared.

    Attributes
    ----------
    survey, participants, pilot_survey, pilot_participants, item_table, prompts, topics : tables of those names.
    published, recomputed, explained, without_repeated : tables ``correlations``: the archive's; from the raw surveys;
        those with the second profiles of participants in two groups; and those without these participants.
    tags : the archive's tags: item_id, family, dimension and rho. tagged_items : the texts that stand with them.
    scores : the archive's score files, as by ``read_published_scores``.
    by_published, by_strict : ratings of the recorded models' baseline, one subject for each model, by either parser.
    read_apart : their answers that the parsers read differently, as by ``parser_answers``.
    others : ratings of the other models of Table 12 at baseline, asked in this run.
    records : what stands beside the recorded models' answers, a table of ``RECORDS``.
    persona_effects, people : tables of those names; no people where the config wants none.
    openai : models that were asked by the authors' client for OpenAI.
    archived : models whose answers the archive holds.
    printed : every printed table, by the names of ``PRINTED``.
    sums : the archive's files, as data/raw/SHA256SUMS has them: path and sha256.
    """

    survey: pd.DataFrame
    participants: pd.DataFrame
    pilot_survey: pd.DataFrame
    pilot_participants: pd.DataFrame
    item_table: pd.DataFrame
    prompts: pd.DataFrame
    topics: pd.DataFrame
    published: pd.DataFrame
    recomputed: pd.DataFrame
    explained: pd.DataFrame
    without_repeated: pd.DataFrame
    tags: pd.DataFrame
    tagged_items: pd.DataFrame
    scores: pd.DataFrame
    by_published: Ratings
    by_strict: Ratings
    read_apart: pd.DataFrame
    others: Ratings
    records: pd.DataFrame
    persona_effects: pd.DataFrame
    people: pd.DataFrame
    openai: Sequence[str]
    archived: Sequence[str]
    printed: Mapping[str, pd.DataFrame]
    sums: pd.DataFrame


# Tables whose schema has another name.
_SCHEMA = {
    "item_table": "items",
    "pilot_participants": "participants",
    **dict.fromkeys(["published", "recomputed", "explained", "without_repeated"], "correlations"),
}
_TABLES = (
    *("survey", "participants", "pilot_survey", "prompts", "topics", "persona_effects", "people"),
    *_SCHEMA,
)


def gather(
    tables: Mapping[str, str],
    archive: Path,
    recorded: Container[str],
    archived: Mapping[str, str],
    printed: Mapping[str, str],
) -> Material:
    """Read the material.

    Parameters
    ----------
    tables : path of each table, and of the archive's ``sums``, by its name among the rule's inputs; a config without
        groups has no table ``people``.
    archive : folder of the verified archive.
    recorded : the models whose answers come from the archive in this run.
    archived : for each model of the archive its file of answers to the first prompt version.
    printed : path of every printed table, by the names of ``PRINTED``.
    """
    frames = {
        name: read_table(tables[name], _SCHEMA.get(name, name), VALUE_PORTRAIT).to_pandas()
        for name in _TABLES
        if name in tables
    }
    frames.setdefault("people", pd.DataFrame(columns=list(schemas(VALUE_PORTRAIT)["people"].columns)))
    ids = list(frames["item_table"]["item_id"])
    everyone, strictly = (
        read_ratings(tables["ratings"], f"{parser}_rating", VERSIONS, ids, VALUE_PORTRAIT).under("baseline")
        for parser in ("published", "strict")
    )
    texts = {name: read_printed(name, path) for name, path in printed.items()}
    others = [model for model in texts["open_weight_scores"].index if model not in recorded]
    stored = read_parts(tables["ratings"], "ratings", VALUE_PORTRAIT, [*READ_BY_PARSERS, "repeat"])
    read_apart = pd.concat(map(parser_answers, stored))
    own = read_apart["model"].map(recorded.__contains__) & (read_apart["condition"] == "baseline")
    return Material(
        **frames,
        tags=read_published_tags(archive / PUBLISHED_TAGS).to_pandas(),
        tagged_items=read_tagged_items(archive / PUBLISHED_TAGS)[0].to_pandas(),
        scores=read_published_scores(archive).to_pandas(),
        read_apart=read_apart[own.astype(bool)].reset_index(drop=True),
        by_published=of_models(everyone, recorded),
        by_strict=of_models(strictly, recorded),
        others=of_models(everyone, others),
        records=read_table(tables["records"], RECORDS).to_pandas(),
        openai=sorted(model for model, path in archived.items() if "/openai/" in path),
        archived=list(archived),
        printed=texts,
        sums=pd.DataFrame(read_sums(tables["sums"]).items(), columns=["path", "sha256"]),
    )


def of_models(ratings: Ratings, models: Container[str]) -> Ratings:
    """The subjects that are one of the models."""
    return ratings.take([place for place, (model, _) in enumerate(ratings.subjects) if model in models])
