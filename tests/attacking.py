"""An attack on the certificate, what it is aimed at, and how the certificate answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from value_portrait.items.validation import correlate_items
from value_portrait.paper.certifying import certificate
from value_portrait.paper.certifying.material import Material
from value_portrait.paper.certifying.repeated_participants import explain_by_second_profiles, replace_correlations
from value_portrait.paper.certifying.rows import COMPARED
from value_portrait.paper.certifying.seals import fingerprints, sealed_tables
from value_portrait.paper.certifying.unscored import sources_hold

Row = tuple[str, str]


@dataclass
class Attack:
    """One change, and what must come of it.

    Attributes
    ----------
    change : gives the changed material, or raises ``InputError`` where it is to be ``refused``.
    rows, checks, seals : what must differ, which findings must not hold, and which tables must have another
        fingerprint: exactly these, but for rows whose source and beginning of the quantity are one of ``may``, and
        findings of these names.
    silent : the class of what nobody notices.
    place : what else may not be changed at the same time, or it could not be told from this.
    groups : groups of the survey whose correlations are others then.
    """

    what: str
    change: Callable[[Material], Material]
    place: object
    rows: set[Row] = field(default_factory=set)
    checks: set[str] = field(default_factory=set)
    seals: set[str] = field(default_factory=set)
    may: set[Row] = field(default_factory=set)
    refused: bool = False
    silent: str = ""
    groups: set[int] = field(default_factory=set)


@dataclass
class Target:
    """What is attacked: the material, its certificate, the rows by source and quantity, and what attacks look up."""

    material: Material
    made: certificate.Certificate
    rows: dict[Row, dict[str, Any]]
    results: Path
    folder: Path
    tags: dict[str, Any]
    key: pd.DataFrame
    items: list[dict[str, Any]]

    def answer(self, attacks: list[Attack]) -> list[str]:
        """What is wrong with the answer to some attacks at once; nothing if all is right."""
        m = self.material
        for attack in attacks:
            m = attack.change(m)
        m = correlated(m, set().union(*(attack.groups for attack in attacks)))
        sealed = fingerprints(sealed_tables(m), m.printed["fingerprints"])
        made = certificate.certify(replace(m, on_sources=sources_hold(m, sealed)), [])
        now = {row: status for row, status in statuses(made) if status in COMPARED}
        found = {row for row, status in now.items() if status == "differs"}
        found |= {row for row, known in self.rows.items() if known["status"] in COMPARED and row not in now}
        # What is other than it must be in an answer file is told record by record.
        found |= {
            ("records", " ".join(own)) for own in made.tables["record_differences"].itertuples(index=False, name=None)
        }
        found |= {("fingerprint", name) for name in sealed.loc[~sealed["as_stated"], "table"]}
        # Which table it is tells more than which check.
        checks = {finding.name for finding in made.findings if not finding.holds} - set(sealed["check"])
        told = []
        for attack in attacks:
            if lacking := ((attack.rows | fingerprints_of(attack)) - found) | (attack.checks - checks):
                told.append(f"{attack.what} is missed: {sorted(map(str, lacking))[:4]}")
        rows, names, may = (
            set().union(*(getattr(attack, name) for attack in attacks)) for name in ("rows", "checks", "may")
        )
        rows = rows.union(*map(fingerprints_of, attacks))
        beyond = {
            row
            for row in found - rows
            if not any(row[0] == source and row[1].startswith(start) for source, start in may)
        }
        beyond |= checks - names - {name for name, start in may if not start}
        if beyond:
            told.append(f"{[attack.what for attack in attacks]} change {len(beyond)}: {sorted(map(str, beyond))[:4]}")
        return told


def fingerprints_of(attack: Attack) -> set[Row]:
    """The rows of the tables that must have another fingerprint."""
    return {("fingerprint", name) for name in attack.seals}


def whole(*names: str) -> set[Row]:
    """Whatever is of these sources or findings."""
    return {(name, "") for name in names}


def statuses(made: certificate.Certificate) -> Iterator[tuple[Row, str]]:
    for part in made.parts.values():
        for source, quantity, status in zip(part["source"], part["quantity"], part["status"], strict=True):
            yield (source, quantity), status


# The groups of the participant in two groups.
REPEATED = (1, 6)
OTHER_GROUPS = (2, 3, 4, 5, 7, 8, 9, 10, 11, 12)


def correlated(m: Material, groups: set[int]) -> Material:
    """The material whose correlations in some groups of the survey are those of the survey and people as they are."""
    if not groups:
        return m
    survey = m.survey[m.survey["group"].isin(groups)]
    new = correlate_items(survey, m.participants[m.participants["participant_id"].isin(survey["participant_id"])])
    explained = replace_correlations(m.explained, new)
    if groups & set(REPEATED):
        both = m.survey[m.survey["group"].isin(REPEATED)]
        theirs = m.published[m.published["item_id"].isin(both["item_id"])]
        found = explain_by_second_profiles(both, m.participants, correlate_items(both, m.participants), theirs)
        explained = replace_correlations(explained, found.correlations)
    return replace(m, recomputed=replace_correlations(m.recomputed, new), explained=explained)


def replacing(field: str, change: Callable[[Any], Any]) -> Callable[[Material], Material]:
    """A change of the material that changes one of its fields."""
    return lambda m: replace(m, **{field: change(getattr(m, field))})


def numeric_edits(
    rng: np.random.Generator, values: "pd.Series[float]", low: float, high: float
) -> Iterator[tuple[str, "pd.Series[float]"]]:
    """Edits of one of some numbers, or of two of them: the numbers that are others then."""
    place, other = rng.choice(values.index, 2, replace=False)
    own = float(values[place])
    for edit, new in {
        "last digit": own + 1e-8,
        "last bits": np.nextafter(own, 9),
        "sign": -own,
        "rounded": round(own, 3),
        "another valid value": rng.uniform(low, high),
        "emptied": np.nan,
    }.items():
        yield edit, pd.Series({place: new})
    yield "two swapped", pd.Series({place: float(values[other]), other: own})
