"""In which share of all defensible analyses each claim holds, and which option decides most."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from value_portrait.instrument import Instrument
from value_portrait.robustness.judging import NO_P, NO_P_OF, TESTS, Scored, Untestable, bound, judge
from value_portrait.robustness.level import LEVEL
from value_portrait.robustness.multiverse import ALL_OPTIONS, Multiverse
from value_portrait.scores.model_groups import developer_of
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, TEXT, Column, Schema

if TYPE_CHECKING:  # what it takes to check a config takes 0.2 s
    from value_portrait.config_tables import Claim

_CLAIM = Column(REPEATED_TEXT, "claim, as in the table of claims")
_P = "two-sided p, models of one developer taken together; null for kinds without a test and where it cannot be told"
_SHARE = Column(NUMBER, "share, 0 to 1; null without a universe", 0, 1, nullable=True)

UNIVERSES = Schema(
    ("universe", "claim"),
    {
        "universe": Column(COUNT, "a combination of choices of the analysis, from 1", low=1),
        "departures": Column(COUNT, "options in which it differs from the main analysis, which has 0", low=0),
        **{
            option: Column(REPEATED_TEXT, "setting; null where the study has no such option", nullable=True)
            for option in ALL_OPTIONS
        },
        "claim": _CLAIM,
        "value": Column(pa.float32(), "how far it holds, by its kind; null if undefined", nullable=True),
        "p": Column(pa.float32(), _P, 0, 1, nullable=True),
        "holds": Column(pa.bool_(), "whether the value is beyond 0 (a share of models: 0.5)", nullable=True),
    },
)

CLAIMS = Schema(
    # Claim, option and setting identify a row, but a key may not be null.
    (),
    {
        "claim": _CLAIM,
        "text": Column(TEXT, "the claim in words; null where an option is named", nullable=True),
        "where": Column(TEXT, "where it stands; null where an option is named", nullable=True),
        "option": Column(REPEATED_TEXT, "option of the analysis; null for all universes", nullable=True),
        "setting": Column(REPEATED_TEXT, "its setting in the universes of this row", nullable=True),
        "value": Column(NUMBER, "how far it holds in the main analysis; only where no option is named", nullable=True),
        "p": Column(NUMBER, _P, 0, 1, nullable=True),
        "holds": Column(pa.bool_(), "whether it holds in the main analysis", nullable=True),
        "universes": Column(COUNT, "universes in which it could be put to the test", low=0),
        "undefined": Column(COUNT, "universes in which a dimension or model that it needs has no score", low=0),
        "share_holds": _SHARE,
        "share_significant": Column(NUMBER, f"share in which it holds with p < {LEVEL}", 0, 1, nullable=True),
        "decides_most": Column(
            REPEATED_TEXT, "option whose settings differ most in share_holds; null if none do", nullable=True
        ),
        "difference": Column(NUMBER, "between its highest and its lowest share_holds", 0, 1, nullable=True),
        "models": Column(
            COUNT, "models that it is about, of those with ratings; only where no option is named", 0, nullable=True
        ),
        "developers": Column(COUNT, "who made these, the clusters of p", 0, nullable=True),
        "note": Column(TEXT, "why it could not be put to the test, or has no p", nullable=True),
    },
)


@dataclass(frozen=True)
class Outcome:
    """What became of a claim in N universes.

    Attributes
    ----------
    value, p : (N,), see ``judging.judge``. models, developers : how many it is about; 0 if it could not be tested.
    reason : why it could not be put to the test at all, or has a test without p; None if neither.
    """

    claim: Claim
    value: np.ndarray
    p: np.ndarray
    reason: str | None = None
    models: int = 0
    developers: int = 0

    @property
    def defined(self) -> np.ndarray:
        """Where there is a value (N,)."""
        return ~np.isnan(self.value)

    @property
    def holds(self) -> np.ndarray:
        """Where it holds (N,); False where it is undefined."""
        result: np.ndarray = self.value > bound(self.claim)
        return result


def judge_claims(
    claims: Sequence[Claim],
    size: int,
    scores: Iterable[tuple[slice, np.ndarray]],
    subjects: Sequence[tuple[str, str]],
    models: Mapping[str, Mapping[str, Any]],
    scored: Instrument,
) -> list[Outcome]:
    """Every claim in every one of ``size`` universes; ``scores`` as from ``universes.score_universes``."""
    values, ps = (np.full((len(claims), size), np.nan) for _ in range(2))
    reasons: list[str | None] = [None] * len(claims)
    about: list[Sequence[str]] = [()] * len(claims)
    for part, own in scores:
        in_part = Scored(own, subjects, models, scored)
        for row, claim in enumerate(claims):
            try:
                values[row, part], ps[row, part], about[row] = judge(claim, in_part)
            except Untestable as missing:
                reasons[row] = f"{missing}."
    outcomes, without_p = [], dict[str, list[str]]()
    for claim, value, p, reason, own_models in zip(claims, values, ps, reasons, about, strict=True):
        if reason is None and np.isnan(value).all():
            reason = "What it names has no score in any universe."
        if reason:
            logging.warning("The claim %s is not put to the test: %s", claim.claim, reason)
        elif claim.kind in TESTS and np.isnan(p).all():
            reason = f"{NO_P_OF.get(claim.kind, NO_P)}."
            without_p.setdefault(reason, []).append(claim.claim)
        developers = {developer_of(models[name]) for name in own_models}
        outcomes.append(Outcome(claim, value, p, reason, len(own_models), len(developers)))
    for reason, names in without_p.items():
        logging.warning("These claims have no p (%s): %s", ", ".join(names), reason)
    return outcomes


def universes_table(multiverse: Multiverse, outcomes: Sequence[Outcome]) -> pa.Table:
    """Table ``UNIVERSES``, claim by claim."""
    size, times = len(multiverse.codes), len(outcomes)
    columns: dict[str, Any] = {
        "universe": np.tile(np.arange(1, size + 1), times),
        "departures": np.tile(multiverse.departures, times),
    }
    nothing = pa.nulls(size * times, pa.string())
    options = list(multiverse.settings)
    for name in ALL_OPTIONS:
        columns[name] = nothing
        if name in options:
            codes = np.tile(multiverse.codes[:, options.index(name)], times)
            columns[name] = pa.DictionaryArray.from_arrays(codes, list(multiverse.settings[name]))
    undefined = ~_joined([outcome.defined for outcome in outcomes], bool)
    names = [outcome.claim.claim for outcome in outcomes]
    columns["claim"] = pa.DictionaryArray.from_arrays(
        np.repeat(np.arange(times, dtype=np.int32), size), pa.array(names, pa.string())
    )
    p = _joined([outcome.p for outcome in outcomes], float)
    columns["value"] = pa.array(_joined([outcome.value for outcome in outcomes], float), mask=undefined)
    columns["p"] = pa.array(p, mask=np.isnan(p))
    columns["holds"] = pa.array(_joined([outcome.holds for outcome in outcomes], bool), mask=undefined)
    return pa.table(columns)


def claims_table(multiverse: Multiverse, outcomes: Sequence[Outcome]) -> pa.Table:
    """Table ``CLAIMS``: for each claim a row of all universes, then one for each setting of each option.

    The latter hold only universes that there are with every setting of the option, so that settings differ in nothing
    else.
    """
    comparable = {option: multiverse.comparable(option) for option in multiverse.settings}
    rows = [row for outcome in outcomes for row in _shares(multiverse, comparable, outcome)]
    columns = {name: [row.get(name) for row in rows] for name in CLAIMS.columns}
    # A column without any number would have no type of its own.
    types = {name: TEXT if column.type == REPEATED_TEXT else column.type for name, column in CLAIMS.columns.items()}
    return pa.table({name: pa.array(cells, types[name], from_pandas=True) for name, cells in columns.items()})


def _shares(multiverse: Multiverse, comparable: Mapping[str, np.ndarray], outcome: Outcome) -> list[dict[str, Any]]:
    claim, main = outcome.claim, int(np.flatnonzero(multiverse.departures == 0)[0])
    tested = not np.isnan(outcome.p).all()

    def row(universes: np.ndarray, **about: Any) -> dict[str, Any]:
        inside = universes & outcome.defined
        return {
            "claim": claim.claim,
            **about,
            "universes": inside.sum(),
            "undefined": universes.sum() - inside.sum(),
            "share_holds": outcome.holds[inside].mean() if inside.any() else None,
            "share_significant": (outcome.holds & (outcome.p < LEVEL))[inside].mean()
            if tested and inside.any()
            else None,
        }

    rows, differences = [], {}
    for place, (option, settings) in enumerate(multiverse.settings.items()):
        if len(settings) < 2:
            continue
        own = [
            row(comparable[option] & (multiverse.codes[:, place] == code), option=option, setting=label)
            for code, label in enumerate(settings)
        ]
        shares = [one["share_holds"] for one in own if one["share_holds"] is not None]
        differences[option] = max(shares) - min(shares) if shares else 0.0
        rows += own
    decides = max(differences, key=lambda name: differences[name], default=None)
    total = row(
        np.full(len(outcome.value), True),
        text=claim.text,
        where=claim.where,
        value=outcome.value[main],
        p=outcome.p[main],
        holds=bool(outcome.holds[main]) if outcome.defined[main] else None,
        models=outcome.models or None,
        developers=outcome.developers or None,
        note=outcome.reason,
    )
    if decides and differences[decides] > 0:
        total |= {"decides_most": decides, "difference": differences[decides]}
    return [total, *rows]


def _joined(parts: Sequence[np.ndarray], type_: type) -> np.ndarray:
    return np.concatenate(parts) if parts else np.empty(0, type_)
