"""Causes, conjectures, checks and facts, each shown on the data at hand: what is claimed, whether it holds, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from value_portrait.paper.certifying.stated import SAME_RANKS, TAG

# So many of what is other than it must be are named.
_SHOWN = 5


@dataclass(frozen=True)
class Finding:
    """Something that was put to the test on the data at hand.

    Attributes
    ----------
    name : for a cause, the name that the certificate's rows use.
    kind : ``cause`` of differences; ``conjecture``, a cause that nothing speaks for but the numbers that it explains;
        ``check`` by a second route; or ``fact`` that no recomputation can mend.
    statement, evidence : what it says, and the numbers.
    holds : whether it is true here; a fact is reported, not tested, and holds.
    """

    name: str
    kind: str
    statement: str
    holds: bool
    evidence: str


def findings_frame(findings: Sequence[Finding | None]) -> pd.DataFrame:
    """One row for each finding, columns as its attributes; None is what there was nothing to test for."""
    rows = [asdict(finding) for finding in findings if finding is not None]
    return pd.DataFrame(rows, columns=[field.name for field in fields(Finding)])


def read_findings(path: str | Path) -> list[Finding]:
    """The findings of a file that ``findings_frame`` made."""
    return [Finding(*row) for row in pd.read_csv(path).itertuples(index=False)]


def two_routes(name: str, what: str, routes: Mapping[str, np.ndarray], tolerance: float) -> Finding | None:
    """Two independent ways to the same numbers; ``routes`` holds both routes' values by the route's name."""
    (first, a), (second, b) = ((route, np.asarray(values, float)) for route, values in routes.items())
    gaps = np.abs(a - b)[~np.isnan(a) & ~np.isnan(b)]
    if not len(gaps):
        return None
    return Finding(
        name,
        "check",
        f"{what} by two routes: {first}, and {second}.",
        bool((np.isnan(a) == np.isnan(b)).all() and gaps.max() <= tolerance),
        f"largest difference over {len(gaps):,} numbers {gaps.max():.1e}",
    )


def none_other(name: str, statement: str, counted: str, other: pd.DataFrame) -> Finding:
    """A check that holds where nothing is other than it must be; else the first of what is are named."""
    named = [" ".join(row) for row in other.head(_SHOWN).itertuples(index=False, name=None)]
    more = f", and {len(other) - _SHOWN:,} more" if len(other) > _SHOWN else ""
    evidence = f"{len(other):,} of {counted} not: {'; '.join(named)}{more}" if len(other) else counted
    return Finding(name, "check", statement, other.empty, evidence)


def copies(published: pd.DataFrame, tagged: pd.DataFrame) -> Finding | None:
    """The archive holds its correlations twice: ``published``, and those that stand with the items."""
    both = published.astype(dict.fromkeys(TAG, str)).merge(tagged, on=TAG, how="outer", suffixes=("", "_copy"))
    return two_routes(
        "copies of the correlations",
        f"The {len(tagged):,} correlations that stand with the items",
        {"as published there": both["rho_copy"].to_numpy(), "in the result files": both["rho"].to_numpy()},
        SAME_RANKS,
    )


def open_differences(parts: Sequence[pd.DataFrame], listed: pd.DataFrame) -> Finding:
    """Whether the committed list of open differences still says what the certificate's rows say."""
    rows = pd.concat([part[["source", "quantity", "status"]] for part in parts])
    rows = rows[rows["source"].isin(listed.index.get_level_values("source"))]
    found = rows.set_index(["source", "quantity"])["status"].reindex(listed.index)
    closed = found.index[~found.isin(["unexplained", "not in this run"])].get_level_values("quantity")
    return Finding(
        "open differences",
        "check",
        "The committed list of open differences (data/reference/open_differences.csv) names those that are open.",
        len(closed) == 0,
        f"{len(listed)} listed" + (f", of which not as recorded: {', '.join(closed)}" if len(closed) else ""),
    )
