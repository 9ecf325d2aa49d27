"""The tables of how people and models lie on the instrument's circle."""

import logging
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from value_portrait.instrument import Family, Instrument
from value_portrait.items.validation import Block
from value_portrait.randomness import named_generator
from value_portrait.robustness import circle as circles
from value_portrait.robustness.held_out import held_out_correlations
from value_portrait.robustness.shuffling import key_counts, shuffled_correlations
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, Column, Schema

CIRCLE = Schema(
    ("subject", "statistic", "reference"),
    {
        "subject": Column(
            REPEATED_TEXT,
            "what lies on the circle: questionnaire (the raters' own scores), items (their correlations with the "
            "dimensions), raters (scored on items that other raters chose), models (their profiles), or pairs of tags "
            "of one item: tags_same_sign, tags_opposite_sign",
        ),
        "statistic": Column(
            REPEATED_TEXT,
            "cosine_r2, correspondence_index, congruence, or of tags mean_steps between them on the circle",
        ),
        "reference": Column(
            REPEATED_TEXT,
            "what it is held against: order (the dimensions in any other order), raters (questionnaires shuffled among "
            "raters) or keys (made from shuffled raters, with as many tags)",
        ),
        "n": Column(COUNT, "raters, items, models or pairs that enter", low=0),
        "value": Column(NUMBER, "the statistic", nullable=True),
        "expected": Column(NUMBER, "its mean over the reference", nullable=True),
        "low": Column(NUMBER, "lower end of the middle 95 % of the reference", nullable=True),
        "high": Column(NUMBER, "upper end of the middle 95 % of the reference", nullable=True),
        "draws": Column(COUNT, "draws of the reference with a value", low=0),
        "p": Column(
            NUMBER,
            "share of the reference at least as high; for the steps of tags of the same sign, at least as low",
            0,
            1,
            nullable=True,
        ),
    },
)
# The held-out halves are drawn so many times, and pooled, in the study and in every shuffled one.
SPLITS = 20
# Of so many draws of other references one is taken of these, which take longest.
DRAWS_PER_STUDY = 20


def place_people(
    blocks: Sequence[Block],
    correlations: pd.DataFrame,
    participants: pd.DataFrame,
    key: pd.DataFrame,
    rule: tuple[str, float, str],
    draws: int,
    seed: int,
    instrument: Instrument,
) -> pd.DataFrame:
    """What rests on people alone: their questionnaire, the items' correlations, held-out scores, and pairs of tags.

    Parameters
    ----------
    correlations : table ``correlations``. participants : table ``participants``; those who rated no item are left out.
    rule : method, threshold and polarity of the item key. draws : of each reference; of the raters' held-out scores,
        which take longest, a twentieth.
    """
    method, threshold, polarity = rule
    circle, places = _circle(instrument)
    names = list(circle.names)
    raters = {rater for block in blocks for rater in block.raters}
    own = participants[(participants["family"] == circle.name) & participants["participant_id"].isin(raters)]
    scores = own.pivot(index="participant_id", columns="dimension", values="score")
    scores = scores.reindex(columns=names).dropna(how="all")
    ranked = scores.rank() if method == "spearman" else scores
    rho = correlations[correlations["family"] == circle.name]
    rho = rho.pivot(index="item_id", columns="dimension", values="rho").reindex(columns=names)
    halves = (blocks, key_counts(key, instrument)[places], polarity, method, SPLITS)
    random = named_generator("raters on the circle", seed)
    shuffles = max(draws // DRAWS_PER_STUDY, 10)
    held_out = held_out_correlations(*halves, None, random, circle, instrument)
    held_out_shuffled = held_out_correlations(*halves, shuffles, random, circle, instrument)

    random = named_generator("items on the circle", seed)
    by_chance, tags_by_chance = [], []
    for chunk in shuffled_correlations(blocks, method, draws, random, instrument):
        part = chunk[:, :, places]
        by_chance.append(correlations_over_rows(part))
        tags_by_chance.append(circles.tag_pairs(_tagged(part, threshold)))
    n_scored = sum(len(block.raters) - len(block.raters) // 2 for block in blocks)

    fits = [
        _fits("questionnaire", correlations_over_rows(ranked.to_numpy(float)[None])[0], {}, len(scores), draws, seed),
        _fits(
            "items",
            correlations_over_rows(rho.to_numpy()[None])[0],
            {"raters": np.concatenate(by_chance)},
            len(rho),
            draws,
            seed,
        ),
        _fits("raters", held_out[0], {"raters": held_out_shuffled}, n_scored, draws, seed),
    ]
    chance = [np.concatenate(kind) for kind in zip(*tags_by_chance, strict=True)]
    pairs = circles.tag_pairs(_tagged(rho.to_numpy()[None], threshold))
    subjects = ("tags_same_sign", "tags_opposite_sign")
    tags = [_steps(*part, draws, seed) for part in zip(subjects, pairs, chance, strict=True)]
    return pd.concat([*fits, *tags], ignore_index=True)


def place_models(
    scores: np.ndarray, null_scores: np.ndarray, draws: int, seed: int, instrument: Instrument
) -> pd.DataFrame:
    """How the dimensions of the profiles of S models, correlated over models, lie on the circle.

    Parameters
    ----------
    scores : (1, S, D), see ``score_keys``. null_scores : (K, S, D), by keys from shuffled raters; K 0 without any.
    """
    _, places = _circle(instrument)
    observed = correlations_over_rows(scores[:, :, places])[0]
    references = {"keys": correlations_over_rows(null_scores[:, :, places])} if len(null_scores) else {}
    return _fits("models", observed, references, scores.shape[1], draws, seed)


def correlations_over_rows(values: np.ndarray) -> np.ndarray:
    """Pearson's correlations (K, D, D) of the columns of K tables (K, N, D), over rows without a gap.

    NaN for columns that do not vary, and where fewer than three rows are left; columns without any number do not make
    a row incomplete.
    """
    empty = ~np.isfinite(values).any(axis=(0, 1))
    whole = (np.isfinite(values) | empty).all(axis=2, keepdims=True)
    n = whole.sum(axis=1, keepdims=True)
    filled = np.where(whole & ~empty, values, 0).astype(float)
    centred = np.where(whole, filled - filled.sum(axis=1, keepdims=True) / np.maximum(n, 1), 0)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    unit = centred / np.where((length > 1e-6) & (n > 2), length, np.nan)
    return np.clip(unit.transpose(0, 2, 1) @ unit, -1, 1)


def _fits(
    subject: str, observed: np.ndarray, references: dict[str, np.ndarray], n: int, draws: int, seed: int
) -> pd.DataFrame:
    """The three statistics of a matrix of correlations against each reference, over the dimensions that vary."""
    size = len(observed)
    places = np.flatnonzero(np.isfinite(np.diag(observed)))
    if len(places) < 4:
        logging.warning("%s: %d of %d dimensions vary, too few for a circle.", subject, len(places), size)

    def measure(matrices: np.ndarray) -> dict[str, np.ndarray]:
        return circles.fit_circle(matrices, places, size)

    own = observed[np.ix_(places, places)][None]
    drawn = {name: reference[:, places][:, :, places] for name, reference in references.items()}
    return _against(subject, measure, own, drawn, n, draws, seed)


def _steps(subject: str, pairs: np.ndarray, chance: np.ndarray, draws: int, seed: int) -> pd.DataFrame:
    """Rows of the mean steps between tags of one item, (1, D, D) pairs, against other orders and shuffled raters."""

    def measure(matrices: np.ndarray) -> dict[str, np.ndarray]:
        return {"mean_steps": circles.mean_steps(matrices)[0]}

    n = int(circles.mean_steps(pairs)[1][0])
    return _against(subject, measure, pairs, {"raters": chance}, n, draws, seed, subject == "tags_same_sign")


def _against(
    subject: str,
    measure: Callable[[np.ndarray], dict[str, np.ndarray]],
    own: np.ndarray,
    drawn: Mapping[str, np.ndarray],
    n: int,
    draws: int,
    seed: int,
    lower: bool = False,
) -> pd.DataFrame:
    """What is measured of ``own`` (1, D, D) against other orders of it, and against the matrices ``drawn``, by name."""
    orders, complete = circles.arrangements(own.shape[1], draws, named_generator(f"order of {subject}", seed))
    references = {"order": circles.rearranged(own[0], orders), **drawn}
    distributions = {name: measure(matrices) for name, matrices in references.items()}
    rows = []
    for statistic, (value,) in measure(own).items():
        for name, found in distributions.items():
            finite = found[statistic][np.isfinite(found[statistic])]
            low, high = np.quantile(finite, [0.025, 0.975]) if len(finite) else (np.nan, np.nan)
            p = circles.share_as_extreme(float(value), found[statistic], complete and name == "order", lower)
            about = {"subject": subject, "statistic": statistic, "reference": name, "n": n, "value": float(value)}
            expected = finite.mean() if len(finite) else np.nan
            rows.append({**about, "expected": expected, "low": low, "high": high, "draws": len(finite), "p": p})
    return pd.DataFrame(rows)


def _tagged(correlations: np.ndarray, threshold: float) -> np.ndarray:
    """Tags of either sign without a p-limit, (K, I, D) of 1, -1 and 0: as ``printed_tables.two_sided_tags``."""
    with np.errstate(invalid="ignore"):
        return np.sign(correlations) * (np.abs(correlations) > threshold)


def _circle(instrument: Instrument) -> tuple[Family, list[int]]:
    """The family on the circle, and the places of its dimensions among all."""
    assert instrument.circle is not None, "the instrument has no circle"
    name = instrument.circle.name
    return instrument.circle, [place for place, (family, _) in enumerate(instrument.dimensions) if family == name]
