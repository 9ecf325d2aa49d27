"""Rows of the certificate: a published number, ours, ours with the causes applied, and the verdict."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

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
)

STATUSES = (
    "match",  # equal within what the printed digits allow
    "explained",  # equal once the proven causes are applied
    "unexplained",  # known, examined and still open
    "differs",  # new
    "not in the archive",
    "needs microdata",
    "needs live answers",
    "not in this run",  # of a model that this run does not hold, or holds with other answers
    "new data",  # ours is from answers asked anew, or from microdata: shown beside, without a verdict
)

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
    steps : (N,) values by cause, each step with the causes before it applied as well; the first is ours, without any.
        A published or own number that there is not (a tag that only one side has) is NaN.

    Returns
    -------
    Columns as in ``COLUMNS``. ``ours_with_causes`` is the value of the first step that equals the published one, or
    of the last; ``cause`` names the steps up to it that changed the number.
    """
    published, names = np.asarray(published, float), list(steps)
    values = np.stack([np.asarray(steps[name], float) for name in names])
    tolerance = np.broadcast_to(tolerance, published.shape)
    with np.errstate(invalid="ignore"):
        equal = (np.abs(values - published) <= tolerance) | (np.isnan(values) & np.isnan(published))
    reached = np.where(equal.any(axis=0), equal.argmax(axis=0), len(names) - 1)
    changed = np.zeros(values.shape, bool)
    changed[1:] = ~((values[1:] == values[:-1]) | (np.isnan(values[1:]) & np.isnan(values[:-1])))
    within = changed & (np.arange(len(names))[:, None] <= reached)
    causes = np.full(len(published), "", dtype=object)
    for step, name in enumerate(names):
        causes = np.where(within[step], np.where(causes == "", name, causes + "; " + name), causes)
    final = values[reached, np.arange(len(published))]
    verdict = np.select([equal[0], equal.any(axis=0)], ["match", "explained"], "differs")
    return pd.DataFrame(
        {
            "source": source,
            "quantity": list(quantities),
            "published": published,
            "ours": values[0],
            "ours_with_causes": final,
            "tolerance": tolerance,
            "status": verdict,
            "cause": np.where(verdict == "explained", causes, ""),
            "evidence": _evidence(verdict, np.abs(final - published)),
            "made_by": made_by,
        }
    )


def _evidence(verdict: np.ndarray, gap: np.ndarray) -> list[str]:
    words = {"explained": "difference {:.1e} with the cause", "differs": "difference {:.1e} with every cause applied"}
    return [
        words.get(kind, "").format(size) if np.isfinite(size) else "" for kind, size in zip(verdict, gap, strict=True)
    ]


def beside(
    source: str, quantities: Sequence[str], published: np.ndarray, ours: np.ndarray, made_by: str
) -> pd.DataFrame:
    """Rows for numbers from data that the archive does not hold, which cannot be the published ones to the digit."""
    return compare(source, quantities, published, 0, {"": ours}, made_by).assign(status="new data", evidence="")


def absent(
    source: str, quantities: Sequence[str], published: Sequence[object], status: str, evidence: str | Sequence[str]
) -> pd.DataFrame:
    """Rows for numbers that this run cannot have, with what would be needed."""
    frame = pd.DataFrame({"source": source, "quantity": list(quantities), "published": list(published)})
    frame = frame.assign(status=status, evidence=evidence, cause="", made_by="")
    return frame.reindex(columns=list(COLUMNS))


def judge(rows: pd.DataFrame, unproven: Sequence[str], open_differences: pd.DataFrame) -> pd.DataFrame:
    """The certificate: rows whose causes did not prove true are not explained, and examined differences are open.

    Parameters
    ----------
    unproven : the causes that do not hold on these data.
    open_differences : columns source, quantity, published, ours_with_causes and tried; a row counts as known only while
        both numbers are the recorded ones.
    """
    doubtful = (rows["status"] == "explained") & rows["cause"].map(
        lambda cause: any(name in unproven for name in cause.split("; "))
    )
    rows = rows.assign(status=rows["status"].where(~doubtful, "differs"))
    known = rows[["source", "quantity"]].merge(open_differences, on=["source", "quantity"], how="left")
    same = np.full(len(rows), True)
    for number in ("published", "ours_with_causes"):
        ours, recorded = (pd.to_numeric(frame[number], errors="coerce").to_numpy(float) for frame in (rows, known))
        same &= np.abs(ours - recorded) <= _RECORDED
    still_open = (rows["status"] == "differs").to_numpy() & same
    rows["status"] = np.where(still_open, "unexplained", rows["status"])
    rows["evidence"] = np.where(still_open, known["tried"], rows["evidence"])
    return rows
