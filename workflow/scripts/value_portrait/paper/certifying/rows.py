"""Rows of the certificate: a published number, ours, the one that is expected, what each cause adds, the verdict."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.paper.certifying.stated import ALL_CAUSES, ARITHMETIC, CAUSES, CONJECTURED

COLUMNS = (
    "source",
    "quantity",
    "published",
    "ours",
    "ours_with_causes",
    "tolerance",
    "status",
    "cause",
    "evidence",
    "made_by",
    *ALL_CAUSES,
)

# Those of numbers that are compared stand from good to bad.
STATUSES = (
    "match",  # equal within what the printed digits allow
    "explained",  # equal once the causes of its source are applied
    "conjectured",  # the same, where a cause has nothing else to speak for it
    "unexplained",  # known, examined and still open
    "differs",  # new
    "not in the archive",
    "needs microdata",
    "needs live answers",
    "not in this run",  # of a model that this run does not hold, or holds with other answers
    "new data",  # ours is from answers asked anew, or from microdata: shown beside, without a verdict
)
COMPARED = STATUSES[:5]

# Equal to the digit that the committed list of open differences records.
_RECORDED = 1e-6


def compare(
    source: str,
    quantities: Sequence[str],
    published: np.ndarray,
    tolerance: np.ndarray | float,
    steps: Mapping[str, np.ndarray],
    made_by: str,
) -> pd.DataFrame:
    """Rows for numbers that this run has.

    Parameters
    ----------
    published : (N,); tolerance : (N,) or one for all.
    steps : (N,) values by cause, each with the causes before it applied as well: first ours, without any, then those of
        the source's causes that can reach these numbers. The last is what is expected, and alone decides, sign included
        where print rounds to nothing.
        A published or own number that there is not (a tag that only one side has) is NaN.

    Returns
    -------
    Columns as in ``COLUMNS``: ``ours``, ``ours_with_causes`` (what is expected) and, under the name of each cause, what
    it adds to the number; a number that is not counts as 0 there. ``cause`` names those that make an explained number.
    """
    published = np.asarray(published, float)
    values = [np.asarray(own, float) for own in steps.values()]
    gaps = [np.abs(own - published) for own in (values[0], values[-1])]
    with np.errstate(invalid="ignore"):
        as_is, expected = (
            (gap <= tolerance) | (np.isnan(own) & np.isnan(published))
            for gap, own in zip(gaps, (values[0], values[-1]), strict=True)
        )
    # What is expected has the sign, too, that print leaves to a number which it rounds to nothing.
    expected &= (
        (published != 0) | (np.asarray(tolerance) <= ARITHMETIC) | (np.signbit(values[-1]) == np.signbit(published))
    )
    added = np.diff(np.nan_to_num(values), axis=0)
    rows = _rows(source, quantities, published, (values[0], values[-1]), (as_is, expected), steps, added, made_by)
    words = dict.fromkeys(["explained", "conjectured"], "difference {:.1e} with the cause") | {
        "differs": "difference {:.1e}"
    }
    evidence = [
        ("on one side only" if verdict == "differs" else "") if np.isnan(gap) else words.get(verdict, "").format(gap)
        for verdict, gap in zip(rows["status"], gaps[1], strict=True)
    ]
    return rows.assign(tolerance=tolerance, evidence=evidence)


def compare_sets(
    source: str,
    quantities: Sequence[str],
    published: Sequence[tuple[Sequence[str], Sequence[str]]],
    steps: Mapping[str, Sequence[Sequence[str]]],
    made_by: str,
) -> pd.DataFrame:
    """Rows for sets of names, by the rules of ``compare``.

    Parameters
    ----------
    published : of each set what is surely, and what is possibly in it.
    steps : the sets by cause; what a cause does is the names that it brings in and takes out.
    """
    sets = list(steps.values())
    as_is, expected = (
        np.array(
            [set(surely) <= set(own) <= set(most) for own, (surely, most) in zip(found, published, strict=True)], bool
        )
        for found in (sets[0], sets[-1])
    )
    added = [list(map(_change, before, after)) for before, after in pairwise(sets)]
    listed = [[", ".join(own) for own in found] for found in (sets[0], sets[-1])]
    stated = [", ".join(possibly) for _, possibly in published]
    return _rows(source, quantities, stated, listed, (as_is, expected), steps, added, made_by)


def _change(old: Sequence[str], new: Sequence[str]) -> str:
    moved = {"in": [name for name in new if name not in old], "out": [name for name in old if name not in new]}
    return ", ".join(f"{name} {where}" for where, names in moved.items() for name in names)


def _rows(
    source: str,
    quantities: Sequence[str],
    published: Any,
    ours: Sequence[Any],
    equal: tuple[np.ndarray, np.ndarray],
    steps: Iterable[str],
    added: Sequence[Any],
    made_by: str,
) -> pd.DataFrame:
    """Rows by what is equal to the published as it is, and with all causes; ``added`` is what each cause does."""
    _, *causes = steps
    assert set(causes) <= set(CAUSES[source]), f"{causes} are not all stated for {source}"
    as_is, expected = equal
    named, doubtful = np.full(len(quantities), "", dtype=object), np.zeros(len(quantities), bool)
    for cause, own in zip(causes, added, strict=True):
        changed = np.array([bool(change) for change in own], bool)
        named = np.where(changed, np.where(named == "", cause, named + "; " + cause), named)
        doubtful |= changed & (cause in CONJECTURED)
    status = np.select(
        [expected & as_is, expected & doubtful, expected], ["match", "conjectured", "explained"], "differs"
    )
    return pd.DataFrame(
        {
            "source": source,
            "quantity": list(quantities),
            "published": published,
            "ours": ours[0],
            "ours_with_causes": ours[1],
            "tolerance": np.nan,
            "status": status,
            "cause": np.where(expected & ~as_is, named, ""),
            "evidence": "",
            "made_by": made_by,
            **dict(zip(causes, added, strict=True)),
        }
    )


def beside(
    source: str, quantities: Sequence[str], published: np.ndarray, ours: np.ndarray, made_by: str
) -> pd.DataFrame:
    """Rows for numbers from data that the archive does not hold, which cannot be the published ones to the digit."""
    return absent(source, quantities, published.tolist(), "new data", "").assign(
        ours=ours, ours_with_causes=ours, tolerance=0, made_by=made_by
    )


def absent(
    source: str, quantities: Sequence[str], published: Sequence[object], status: str, evidence: str | Sequence[str]
) -> pd.DataFrame:
    """Rows for numbers that this run cannot have, with what would be needed."""
    frame = pd.DataFrame({"source": source, "quantity": list(quantities), "published": list(published)})
    frame = frame.assign(status=status, evidence=evidence, cause="", made_by="")
    return frame.reindex(columns=list(COLUMNS[:10]))


def judge(rows: pd.DataFrame, unproven: Sequence[str], open_differences: pd.DataFrame) -> pd.DataFrame:
    """The certificate: rows whose causes did not prove true are not explained, and examined differences are open.

    Parameters
    ----------
    unproven : the causes that do not hold on these data.
    open_differences : by source and quantity the columns published, ours_with_causes and tried; a row counts as known
        only while both numbers are the recorded ones.
    """
    doubtful = rows["cause"].map(lambda cause: any(name in unproven for name in cause.split("; ")))
    rows = rows.reindex(columns=list(COLUMNS)).assign(status=rows["status"].where(~doubtful, "differs"))
    rows = rows.reset_index(drop=True)
    known = open_differences.reindex(pd.MultiIndex.from_frame(rows[["source", "quantity"]])).reset_index(drop=True)
    same = np.full(len(rows), True)
    for number in ("published", "ours_with_causes"):
        ours, recorded = (pd.to_numeric(frame[number], errors="coerce").to_numpy(float) for frame in (rows, known))
        same &= np.abs(ours - recorded) <= _RECORDED
    still_open = (rows["status"] == "differs").to_numpy() & same
    rows["status"] = np.where(still_open, "unexplained", rows["status"])
    rows["evidence"] = np.where(still_open, known["tried"], rows["evidence"])
    return rows


def comparisons(rows: pd.DataFrame) -> pd.DataFrame:
    """One row (source, quantity, status) for each comparison: a correlation and its p are one, at the worse verdict."""
    own = rows[["source", "quantity"]].copy()
    own["quantity"] = own["quantity"].str.replace(r"^(rho|p) of ", "", regex=True)
    own["status"] = rows["status"].map(STATUSES.index)
    worst = own.groupby(["source", "quantity"], sort=False)["status"].max().reset_index()
    return worst.assign(status=[STATUSES[place] for place in worst["status"]])
