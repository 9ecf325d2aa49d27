"""What no score and no printed number hangs on, held against what it must follow from."""

import numpy as np
import pandas as pd

from value_portrait.paper.certifying.findings import Finding, none_other
from value_portrait.paper.certifying.printed import printed_numbers
from value_portrait.paper.certifying.seals import seals_hold
from value_portrait.paper.certifying.sources import Sources
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.scores.ratings import NO_RATING, Ratings

_VALUES = list(VALUE_PORTRAIT.main.names)


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
        none_other(name, statement, counted, differences[differences["field"].isin(names)].drop(columns="field"))
        for name, (names, statement, counted) in checks.items()
    ]


def sources_hold(own: Sources, sealed: pd.DataFrame) -> list[Finding]:
    """The checks that the sources alone decide; ``sealed`` as by ``fingerprints``."""
    return [
        texts_of_items(own.item_table, own.tagged_items),
        printed_rows(own.printed["items_per_value"], own.printed["open_weight_scores"]),
        *seals_hold(sealed),
    ]


def texts_of_items(items: pd.DataFrame, tagged_items: pd.DataFrame) -> Finding:
    """The items' texts in the two files that the archive has them in: table ``items``, and by ``read_tagged_items``."""
    texts = ["item_id", "title", "text", "response"]
    both = items[texts].merge(tagged_items[texts], how="outer", indicator=True)
    other = both.loc[both["_merge"] != "both", ["item_id"]].drop_duplicates()
    return none_other(
        "texts of the items",
        "Title, query and response of every item are the same in query-response-tagged and in Phase1_total.",
        f"{len(items)} items",
        other,
    )


def printed_rows(shares: pd.DataFrame, open_weight: pd.DataFrame) -> Finding:
    """What print states of its own rows: sum, SD and largest over smallest in Table 5, variance in Table 12.

    Both tables as by ``read_printed``. A number holds where values that round to the printed ones give one that rounds
    to it: each within h of its printed one, n values have an SD within h sqrt(n / (n - 1)) of the printed ones' SD.
    """
    found = []
    for table in (shares, open_weight):
        for name, row in table.iterrows():
            (own, halves), stated = printed_numbers(list(row[_VALUES])), row.drop(_VALUES)
            h, n, sd = halves[0], len(own), own.std(ddof=1)
            low, high = (max(sd + sign * h * np.sqrt(n / (n - 1)), 0) for sign in (-1, 1))
            ranges = {
                "std": (low, high),
                "variance": (low**2, high**2),
                "imbalance_ratio": ((own.max() - h) / (own.min() + h), (own.max() + h) / (own.min() - h)),
            }
            for column, number, half in zip(stated.index, *printed_numbers(list(stated)), strict=True):
                least, most = ranges[column]
                found.append((name, column, least - half <= number <= most + half))
            if table is shares:
                found.append((name, "sum", abs(own.sum() - 1) <= n * h))
    held = pd.DataFrame(found, columns=["row", "number", "holds"])
    return none_other(
        "printed rows",
        "The sums, sample SDs and ratios in Table 5, and the sample variances in Table 12, follow from the values in "
        "their own printed rows.",
        f"{len(held)} numbers",
        held.loc[~held["holds"].astype(bool), ["row", "number"]],
    )
