"""What no score and no printed number hangs on: held against what it must follow from, or against its fingerprint."""

import hashlib
from collections.abc import Mapping

import numpy as np
import pandas as pd

from value_portrait.paper.certifying.findings import Finding
from value_portrait.scores.ratings import NO_RATING, Ratings

_NAMED = 5


def record_differences(records: pd.DataFrame, ratings: Ratings) -> pd.DataFrame:
    """What is not as it must be in the records of the answer files.

    Parameters
    ----------
    records : table of ``RECORDS``, of the models of ``ratings``.
    ratings : by the published parser, one subject for each model.

    Returns
    -------
    model, prompt_version, item_id and ``field``: prompt, texts, tags, parsed (see ``RECORDS``), or rating, where the
    stated one is not the one that the answer's words give.
    """
    place = [
        pd.Index(names).get_indexer(pd.Index(records[column]))
        for names, column in (
            ([model for model, _ in ratings.subjects], "model"),
            (ratings.versions, "prompt_version"),
            (ratings.items, "item_id"),
        )
    ]
    stated = records["stated"].fillna(NO_RATING).to_numpy(np.int16)
    seen = np.zeros(ratings.values.shape, bool)
    seen[tuple(place)] = True
    wrong = {name: ~records[name].to_numpy(bool) for name in ("prompt", "texts", "tags", "parsed")}
    wrong["rating"] = stated != ratings.values[tuple(place)]
    key = ["model", "prompt_version", "item_id"]
    found = [records.loc[where, key].astype(str).assign(field=name) for name, where in wrong.items()]
    models, versions, items = (
        np.array(names)[own]
        for names, own in zip(
            ([model for model, _ in ratings.subjects], ratings.versions, ratings.items), np.nonzero(~seen), strict=True
        )
    )
    lacking = pd.DataFrame({"model": models, "prompt_version": versions, "item_id": items, "field": "record"})
    return pd.concat([*found, lacking], ignore_index=True)


def records_hold(records: pd.DataFrame, differences: pd.DataFrame) -> list[Finding]:
    """The checks of the answer files' records; frames as for, and as by, ``record_differences``."""
    n, rated = len(records), int(records["stated"].notna().sum())
    checks = {
        "recorded prompts": (
            ["prompt", "record"],
            "Every prompt that the answer files state is the item in the version's template, rendered again.",
            f"{n:,} prompts",
        ),
        "texts beside answers": (
            ["texts"],
            "Title, query and response beside every answer are the item's.",
            f"{n:,} records",
        ),
        "stated ratings": (
            ["rating", "parsed"],
            "The rating that stands beside an answer is the one that the published parser finds in its words.",
            f"{rated:,} ratings equal, {n - rated:,} missing on both sides",
        ),
        "tags beside answers": (
            ["tags"],
            "The tags beside every answer are those of Phase1_total; some errors have none.",
            f"{int(records['tagged'].sum()):,} records with tags, {int((~records['tagged']).sum()):,} without",
        ),
    }
    return [
        _check(name, statement, counted, differences[differences["field"].isin(names)].drop(columns="field"))
        for name, (names, statement, counted) in checks.items()
    ]


def texts_of_items(items: pd.DataFrame, tagged_items: pd.DataFrame) -> Finding:
    """The items' texts in the two files that the archive has them in: table ``items``, and by ``read_tagged_items``."""
    texts = ["item_id", "title", "text", "response"]
    both = items[texts].merge(tagged_items[texts], how="outer", indicator=True)
    other = both.loc[both["_merge"] != "both", ["item_id"]].drop_duplicates()
    return _check(
        "texts of the items",
        "Title, query and response of every item are the same in query-response-tagged and in Phase1_total.",
        f"{len(items)} items",
        other,
    )


def fingerprints(tables: Mapping[str, pd.DataFrame], stated: pd.DataFrame) -> Finding:
    """The tables beside the number of rows and the SHA-256 that are ``stated`` of them, in any order of rows."""
    found = {name: (str(len(table)), fingerprint(table)) for name, table in tables.items()}
    other = [name for name, own in found.items() if own != tuple(stated.loc[name])]
    return _check(
        "raw tables",
        "The tables made of the raw surveys and topics are, cell by cell, those of the first reading "
        "(data/reference/fingerprints.csv): a change that no published number notices is noticed here.",
        ", ".join(f"{rows} rows of {name}" for name, (rows, _) in found.items()),
        pd.DataFrame({"table": other}),
    )


def fingerprint(table: pd.DataFrame) -> str:
    """SHA-256 of the rows of a table as CSV, sorted."""
    header, *lines = table.to_csv(index=False).splitlines()
    return hashlib.sha256("\n".join([header, *sorted(lines)]).encode()).hexdigest()


def _check(name: str, statement: str, counted: str, other: pd.DataFrame) -> Finding:
    """A check that holds where nothing is other than it must be; else the first of what is are named."""
    named = [" ".join(row) for row in other.head(_NAMED).itertuples(index=False, name=None)]
    more = f", and {len(other) - _NAMED:,} more" if len(other) > _NAMED else ""
    evidence = f"{len(other):,} of {counted} not: {'; '.join(named)}{more}" if len(other) else counted
    return Finding(name, "check", statement, other.empty, evidence)
