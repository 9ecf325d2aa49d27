"""What people answered, the archive states and the paper prints: what no model that is asked anew changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from value_portrait.paper.archive import read_sums
from value_portrait.paper.certifying.printed import PRINTED, read_printed
from value_portrait.paper.certifying.published_scores import read_published_scores
from value_portrait.paper.certifying.published_tags import read_published_tags, read_tagged_items
from value_portrait.paper.certifying.records import RECORDS
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.raw_files import PUBLISHED_TAGS
from value_portrait.tables import read_table

# By the name of the schema.
_TABLES = {
    **{name: name for name in ("survey", "participants", "pilot_survey", "prompts", "topics")},
    "pilot_participants": "participants",
    "item_table": "items",
    "published": "correlations",
}


@dataclass(frozen=True)
class Sources:
    """What is read of people, archive and print.

    Attributes
    ----------
    survey, participants, pilot_survey, pilot_participants, item_table, prompts, topics : tables of those names.
    published : table ``correlations``, the archive's.
    tags : the archive's tags: item_id, family, dimension and rho. tagged_items : the texts that stand with them.
    scores : the archive's score files, as by ``read_published_scores``.
    records : what stands beside the recorded models' answers, a table of ``RECORDS``.
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
    tags: pd.DataFrame
    tagged_items: pd.DataFrame
    scores: pd.DataFrame
    records: pd.DataFrame
    printed: Mapping[str, pd.DataFrame]
    sums: pd.DataFrame


def read_sources(paths: Mapping[str, Any], archive: Path) -> Sources:
    """Read the sources.

    Parameters
    ----------
    paths : of each table, of the archive's ``sums`` and of the ``printed`` tables in the order of ``PRINTED``, by their
        names among the rule's inputs.
    archive : folder of the verified archive.
    """
    tables = {name: read_table(paths[name], schema, VALUE_PORTRAIT).to_pandas() for name, schema in _TABLES.items()}
    return Sources(
        **tables,
        tags=read_published_tags(archive / PUBLISHED_TAGS).to_pandas(),
        tagged_items=read_tagged_items(archive / PUBLISHED_TAGS)[0].to_pandas(),
        scores=read_published_scores(archive).to_pandas(),
        records=read_table(paths["records"], RECORDS).to_pandas(),
        printed={name: read_printed(name, path) for name, path in zip(PRINTED, paths["printed"], strict=True)},
        sums=pd.DataFrame(read_sums(paths["sums"]).items(), columns=["path", "sha256"]),
    )
