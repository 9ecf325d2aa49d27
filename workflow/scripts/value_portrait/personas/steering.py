"""Steering: what happens to all values when a model is told to hold one of them.

Values are the dimensions of the instrument's main family. Where they stand in a circle, Schwartz's theory says what
should happen: the value rises most, and the farther another one stands from it, the less it rises with it, down to a
fall of the opposite ones (Schwartz 1992). The places on the circle are taken as even; changes of centred scores add up
to about zero, so some values must fall.
"""

from typing import Any

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument, mid_sentence
from value_portrait.personas.effects import SUBJECT, Effects, interval, subject_name
from value_portrait.responses.conditions import STEERING

PERMUTATIONS = 2000
# With fewer places everybody is everybody's neighbour.
LEAST_PLACES = 4


def circle_steps(places: int) -> np.ndarray:
    """Steps between any two places on a circle, the short way round, (places, places)."""
    steps = np.abs(np.subtract.outer(np.arange(places), np.arange(places)))
    return np.minimum(steps, places - steps)


def has_circle(instrument: Instrument) -> bool:
    """Whether the values, which models can be told to hold, stand in a circle of some places."""
    return instrument.main.circle and len(instrument.main.names) >= LEAST_PLACES


def steering_matrix(effects: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Changes of one subject as a matrix, told value by scored value, in the instrument's order; NaN for none."""
    values = list(instrument.main.names)
    own = _steered(effects, instrument)
    return own.pivot(index="group", columns="dimension", values="effect").reindex(index=values, columns=values)


def _steered(effects: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    return effects[(effects["axis"] == STEERING) & (effects["family"] == instrument.main.name)]


def expected_pairs(instrument: Instrument) -> list[tuple[str, str, str]]:
    """Pairs of values that one dimension sums up ("together"), or two opposite ones ("against"); none without a circle.

    Of the ten values, the four higher-order values give 6 and 10.
    """
    if not has_circle(instrument):
        return []
    values = set(instrument.main.names)
    sums = {
        dimension.name: dimension
        for family in instrument.families
        for dimension in family.dimensions
        if dimension.made_of and values.issuperset(dimension.made_of)
    }
    together = [
        (one, other, "together") for own in sums.values() for one in own.made_of for other in own.made_of if one < other
    ]
    opposites = [(name, own.opposite) for name, own in sums.items() if own.opposite in sums]
    against = [
        (one, other, "against")
        for number, (side, opposite) in enumerate(opposites)
        if (opposite, side) not in opposites[:number]
        for one in sums[side].made_of
        for other in sums[str(opposite)].made_of
    ]
    return together + against


def hit_targets(effects: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """For every value that a subject was told to hold: its own change, and its rank among all (1 = raised most).

    Returns columns of the subject, steered, change, rank (1 + the number of values raised more), raised_most (the value
    that was raised most: the one told, if others were raised as much) and hit (rank is 1).
    """
    rows: list[dict[str, Any]] = []
    for subject, own in _subjects(effects):
        matrix = steering_matrix(own, instrument).dropna(how="all")
        for value, changes in matrix.iterrows():
            change = changes[str(value)]
            rank = 1 + int((changes > change).sum())
            hit = rank == 1 and bool(np.isfinite(change))
            rows.append(
                {
                    **subject,
                    "steered": value,
                    "change": change,
                    "rank": rank if np.isfinite(change) else None,
                    "raised_most": value if hit else changes.idxmax(),
                    "hit": hit,
                }
            )
    return pd.DataFrame(rows, columns=[*SUBJECT, "steered", "change", "rank", "raised_most", "hit"])


def change_by_distance(effects: Effects, seed: int, instrument: Instrument) -> pd.DataFrame:
    """Mean change by steps on the circle from the value that the subject was told to hold, and a cosine's fit.

    The cosine is a + b·cos(360° · steps / places), by least squares over all cells of the matrix (Guttman's circumplex
    in its simplest form: even places, one wave).

    Returns
    -------
    Columns of the subject, steps, n (cells), change with its 95 % interval (by resampled queries; null for printed
    numbers), fitted, amplitude (b) and r2 (share of the cells' variance that the cosine explains), r2_off_diagonal
    (the same, fitted without the values told) and p_circle. The last four are the same on all rows of a subject.
    p_circle is the share of ``PERMUTATIONS`` drawn with ``seed``, the labels at hand among them, of which cells and
    cosine correlate at least as highly when the labels of the values told change places. No rows where values
    stand in no circle.
    """
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    values = instrument.main.names
    for subject, own in _subjects(effects.table) if has_circle(instrument) else []:
        cells = _steered(own, instrument)
        if cells.empty:
            continue
        told, scored = (cells[name].map(values.index).to_numpy() for name in ("group", "dimension"))
        steps = circle_steps(len(values))[told, scored]
        wave = np.cos(2 * np.pi * circle_steps(len(values)) / len(values))
        change = cells["effect"].to_numpy()
        level, amplitude, r2 = _fit_cosine(wave[told, scored], change)
        others = _fit_cosine(wave[told, scored][steps > 0], change[steps > 0])[2]
        p_circle = _permute(change, told, scored, wave, rng)
        for distance in np.unique(steps):
            chosen = cells.index[steps == distance]
            low, high = np.nan, np.nan
            if effects.draws is not None:
                low, high = (float(end) for end in interval(effects.draws[:, chosen].mean(axis=1)))
            rows.append(
                {
                    **subject,
                    "steps": int(distance),
                    "n": len(chosen),
                    "change": change[steps == distance].mean(),
                    "ci_low": low,
                    "ci_high": high,
                    "fitted": level + amplitude * np.cos(2 * np.pi * distance / len(values)),
                    "amplitude": amplitude,
                    "r2": r2,
                    "r2_off_diagonal": others,
                    "p_circle": p_circle,
                }
            )
    columns = [*SUBJECT, "steps", "n", "change", "ci_low", "ci_high", "fitted", "amplitude", "r2"]
    return pd.DataFrame(rows, columns=[*columns, "r2_off_diagonal", "p_circle"])


def _fit_cosine(wave: np.ndarray, change: np.ndarray) -> tuple[float, float, float]:
    """Level, amplitude and R² of the cosine; no R² where all changes are the same, nothing without changes."""
    if not len(change):
        return np.nan, np.nan, np.nan
    design = np.column_stack([np.ones(len(wave)), wave])
    level, amplitude = np.linalg.lstsq(design, change, rcond=None)[0]
    total = ((change - change.mean()) ** 2).sum()
    residuals = change - design @ (level, amplitude)
    return level, amplitude, 1 - (residuals**2).sum() / total if total > 0 else np.nan


def _permute(
    change: np.ndarray, told: np.ndarray, scored: np.ndarray, wave: np.ndarray, rng: np.random.Generator
) -> float:
    present = np.unique(told)
    orders = np.vstack([present, *(rng.permutation(present) for _ in range(PERMUTATIONS))])
    waves = wave[orders[:, np.searchsorted(present, told)], scored]
    waves -= waves.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):  # no correlation where the waves are level
        fits = waves @ change / np.sqrt((waves**2).sum(axis=1))
    # The labels at hand come back among the permutations, up to rounding.
    return float((fits >= fits[0] - 1e-9).mean())


def judge_pairs(effects: Effects, instrument: Instrument) -> pd.DataFrame:
    """The pairs that are expected to go together or against each other, and how they went.

    Returns columns of the subject, value, other, expected, change (mean of the two changes, of each when the subject is
    told to hold the other) with its 95 % interval (null for printed numbers), and as_expected (a rise or a fall).
    """
    rows: list[dict[str, Any]] = []
    for subject, own in _subjects(effects.table):
        pairs = zip(own["group"], own["dimension"], strict=True)
        place = dict(zip(pairs, own.index, strict=True))
        for one, other, expected in expected_pairs(instrument):
            chosen = [place[pair] for pair in ((one, other), (other, one)) if pair in place]
            if not chosen:
                continue
            change = own.loc[chosen, "effect"].mean()
            low, high = np.nan, np.nan
            if effects.draws is not None:
                low, high = (float(end) for end in interval(effects.draws[:, chosen].mean(axis=1)))
            rows.append(
                {
                    **subject,
                    "value": one,
                    "other": other,
                    "expected": expected,
                    "change": change,
                    "ci_low": low,
                    "ci_high": high,
                    "as_expected": bool(change > 0 if expected == "together" else change < 0),
                }
            )
    return pd.DataFrame(
        rows, columns=[*SUBJECT, "value", "other", "expected", "change", "ci_low", "ci_high", "as_expected"]
    )


def _subjects(effects: pd.DataFrame) -> list[tuple[dict[str, Any], pd.DataFrame]]:
    steered = effects[effects["axis"] == STEERING]
    subjects: Any = steered.groupby(SUBJECT, sort=False, observed=True)
    return [(dict(zip(SUBJECT, names, strict=True)), own) for names, own in subjects]


def describe(hits: pd.DataFrame, by_distance: pd.DataFrame, pairs: pd.DataFrame, instrument: Instrument) -> str:
    """How steering went, as a table in Markdown with one row for each subject; empty without any."""
    if hits.empty:
        return ""
    columns, expectation = ["model", "told value raised most", "its mean rank"], "The value told should rise most."
    if has_circle(instrument):
        columns += ["cosine R²", "without the value told", "p"]
        expectation = (
            "The value told should rise most, its neighbours on the circle with it, and its opposites fall. p: chance "
            "of a cosine that fits as well, if it did not matter which value was told (permutations of the values "
            "told)."
        )
    else:
        expectation += (
            f" The {mid_sentence(instrument.main)} stand in no circle, so distances and opposites are left out."
        )
    if len(pairs):
        columns += ["allied pairs rise", "opposed pairs fall"]
    lines = ["", "## Value steering", "", expectation, "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for names, own in hits.groupby(SUBJECT, sort=False, observed=True):
        fit, judged = (
            table[(table[SUBJECT] == pd.Series(names, SUBJECT)).all(axis=1)] for table in (by_distance, pairs)
        )
        cells = [
            subject_name(own.iloc[0].to_dict()),
            f"{int(own['hit'].sum())} of {len(own)}",
            f"{own['rank'].mean():.1f}",
        ]
        if len(fit):
            about = fit.iloc[0]
            cells += [f"{about['r2']:.2f}", f"{about['r2_off_diagonal']:.2f}", f"{about['p_circle']:.2g}"]
        if len(pairs):
            for expected in ("together", "against"):
                part = judged[judged["expected"] == expected]
                cells.append(f"{int(part['as_expected'].sum())} of {len(part)}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
