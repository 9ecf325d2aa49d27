"""Value steering: what happens to all ten values when a model is told to hold one of them.

Schwartz's theory says what should happen: the value rises most, and the farther another one stands on the circle, the
less it rises with it, down to a fall of the opposite ones (Schwartz 1992). The circle is that of ``FAMILIES["pvq"]``,
its ten places taken as even; changes of centred scores add up to about zero, so some values must fall.
"""

from typing import Any

import numpy as np
import pandas as pd

from value_portrait.dimensions import FAMILIES, HIGHER_VALUES
from value_portrait.personas.effects import SUBJECT, Effects, interval, subject_name

AXIS = "steering"
VALUES = FAMILIES["pvq"]
# Steps from every value to every other, the short way round: 0 to 5.
STEPS = np.abs(np.subtract.outer(np.arange(len(VALUES)), np.arange(len(VALUES))))
STEPS = np.minimum(STEPS, len(VALUES) - STEPS)
PERMUTATIONS = 2000
OPPOSITES = (("Self_Transcendence", "Self_Enhancement"), ("Conservation", "Openness_to_Change"))


def steering_matrix(effects: pd.DataFrame) -> pd.DataFrame:
    """Changes of one subject as a matrix, told value by scored value, both in the order of the circle; NaN for none."""
    own = effects[(effects["axis"] == AXIS) & (effects["family"] == "pvq")]
    return own.pivot(index="group", columns="dimension", values="effect").reindex(
        index=list(VALUES), columns=list(VALUES)
    )


def expected_pairs() -> list[tuple[str, str, str]]:
    """Pairs of values of one higher-order value ("together") and of opposite ones ("against"): 6 and 10."""
    together = [
        (one, other, "together") for own in HIGHER_VALUES.values() for one in own for other in own if one < other
    ]
    against = [
        (one, other, "against")
        for side, opposite in OPPOSITES
        for one in HIGHER_VALUES[side]
        for other in HIGHER_VALUES[opposite]
    ]
    return together + against


def hit_targets(effects: pd.DataFrame) -> pd.DataFrame:
    """For every value that a subject was told to hold: its own change, and its rank among the ten (1 = raised most).

    Returns columns of the subject, steered, change, rank (1 + the number of values raised more), raised_most (the value
    that was raised most: the one told, if others were raised as much) and hit (rank is 1).
    """
    rows: list[dict[str, Any]] = []
    for subject, own in _subjects(effects):
        matrix = steering_matrix(own).dropna(how="all")
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


def change_by_distance(effects: Effects, seed: int) -> pd.DataFrame:
    """Mean change at 0 to 5 steps on the circle from the value that the subject was told to hold, and a cosine's fit.

    The cosine is a + b·cos(36° · steps), by least squares over all cells of the matrix (Guttman's circumplex in its
    simplest form: even places, one wave).

    Returns
    -------
    Columns of the subject, steps, n (cells), change with its 95 % interval (by resampled queries; null for printed
    numbers), fitted, amplitude (b) and r2 (share of the cells' variance that the cosine explains), r2_off_diagonal
    (the same, fitted without the values told) and p_circle. The last four are the same on all six rows of a subject.
    p_circle is the share of ``PERMUTATIONS`` drawn with ``seed``, the labels at hand among them, of which cells and
    cosine correlate at least as highly when the labels of the values told change places.
    """
    rng = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for subject, own in _subjects(effects.table):
        cells = own[(own["axis"] == AXIS) & (own["family"] == "pvq")]
        steps = np.array([_steps(*pair) for pair in zip(cells["group"], cells["dimension"], strict=True)])
        change = cells["effect"].to_numpy(float)
        level, amplitude, r2 = _fit_cosine(steps, change)
        others = _fit_cosine(steps[steps > 0], change[steps > 0])[2]
        p_circle = _permute(cells, rng)
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
                    "fitted": level + amplitude * np.cos(2 * np.pi * distance / len(VALUES)),
                    "amplitude": amplitude,
                    "r2": r2,
                    "r2_off_diagonal": others,
                    "p_circle": p_circle,
                }
            )
    columns = [*SUBJECT, "steps", "n", "change", "ci_low", "ci_high", "fitted", "amplitude", "r2"]
    return pd.DataFrame(rows, columns=[*columns, "r2_off_diagonal", "p_circle"])


def _fit_cosine(steps: np.ndarray, change: np.ndarray) -> tuple[float, float, float]:
    """Level, amplitude and R² of the cosine; no R² where all changes are the same."""
    design = np.column_stack([np.ones(len(steps)), np.cos(2 * np.pi * steps / len(VALUES))])
    level, amplitude = np.linalg.lstsq(design, change, rcond=None)[0]
    total = ((change - change.mean()) ** 2).sum()
    residuals = change - design @ (level, amplitude)
    return level, amplitude, 1 - (residuals**2).sum() / total if total > 0 else np.nan


def _permute(cells: pd.DataFrame, rng: np.random.Generator) -> float:
    told = cells["group"].map(VALUES.index).to_numpy()
    scored = cells["dimension"].map(VALUES.index).to_numpy()
    present = np.unique(told)
    orders = np.vstack([present, *(rng.permutation(present) for _ in range(PERMUTATIONS))])
    waves = np.cos(2 * np.pi * STEPS / len(VALUES))[orders[:, np.searchsorted(present, told)], scored]
    waves -= waves.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):  # no correlation where the waves are level
        fits = waves @ cells["effect"].to_numpy(float) / np.sqrt((waves**2).sum(axis=1))
    # The labels at hand come back among the permutations, up to rounding.
    return float((fits >= fits[0] - 1e-9).mean())


def judge_pairs(effects: Effects) -> pd.DataFrame:
    """The pairs that theory expects to go together or against each other, and how they went.

    Returns columns of the subject, value, other, expected, change (mean of the two changes, of each when the subject is
    told to hold the other) with its 95 % interval (null for printed numbers), and as_expected (a rise or a fall).
    """
    rows: list[dict[str, Any]] = []
    for subject, own in _subjects(effects.table):
        pairs = zip(own["group"], own["dimension"], strict=True)
        place = dict(zip(pairs, own.index, strict=True))
        for one, other, expected in expected_pairs():
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
    steered = effects[effects["axis"] == AXIS]
    subjects: Any = steered.groupby(SUBJECT, sort=False, observed=True)
    return [(dict(zip(SUBJECT, names, strict=True)), own) for names, own in subjects]


def _steps(one: str, other: str) -> int:
    return int(STEPS[VALUES.index(one), VALUES.index(other)])


def describe(hits: pd.DataFrame, by_distance: pd.DataFrame, pairs: pd.DataFrame) -> str:
    """How steering went, as a table in Markdown with one row for each subject; empty without any."""
    lines = [
        "",
        "## Value steering",
        "",
        "The value told should rise most, its neighbours on the circle with it, and its opposites fall. p: chance of a "
        "cosine that fits as well, if it did not matter which value was told (permutations of the values told).",
        "",
        "| model | told value raised most | its mean rank | cosine R² | without the value told | p | allied pairs rise "
        "| opposed pairs fall |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for names, own in hits.groupby(SUBJECT, sort=False, observed=True):
        fit, judged = (table[(table[SUBJECT] == names).all(axis=1)] for table in (by_distance, pairs))
        parts = [
            f"{int(part['as_expected'].sum())} of {len(part)}"
            for part in (judged[judged["expected"] == expected] for expected in ("together", "against"))
        ]
        lines.append(
            f"| {subject_name(own.iloc[0].to_dict())} | {int(own['hit'].sum())} of {len(own)} | "
            f"{own['rank'].mean():.1f} | {fit['r2'].iloc[0]:.2f} | {fit['r2_off_diagonal'].iloc[0]:.2f} | "
            f"{fit['p_circle'].iloc[0]:.2g} | {parts[0]} | {parts[1]} |"
        )
    return "\n".join(lines) + "\n" if len(hits) else ""
