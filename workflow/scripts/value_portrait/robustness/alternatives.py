"""What else could explain profiles: liking, spread, one common profile, the rater's mean rating, response style."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Z_95
from value_portrait.robustness.circle import share_as_extreme
from value_portrait.robustness.shuffling import score_keys
from value_portrait.scores.ratings import Ratings
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, Column, Schema

ALL_MODELS, PEOPLE = "all models", "people"
ALTERNATIVES = Schema(
    ("question", "statistic", "subject", "without", "family", "dimension"),
    {
        "question": Column(
            REPEATED_TEXT,
            "what else could explain the numbers: liking, spread, common_profile, rater_mean, style; or headline: what "
            "is left of the numbers, and what keys from shuffled raters give",
        ),
        "statistic": Column(
            REPEATED_TEXT,
            "rating_r, profile_r, amplitude_r, mean_share, one_profile_share, own_share, share_kept, share_middle, "
            "share_extreme; of headlines mean_profile, mean_profile_sd, mean_profile_range, model_sd, amplitude, "
            "difference, order_r: formulas stand in robustness/alternatives.py and headlines.py",
        ),
        "subject": Column(REPEATED_TEXT, "a model, all models, people, or a comparison of groups of models"),
        "without": Column(REPEATED_TEXT, "what was taken out before: nothing, liking, spread, amplitude or rater_mean"),
        "family": Column(REPEATED_TEXT, "family of the dimensions; null where it is about ratings", nullable=True),
        "dimension": Column(REPEATED_TEXT, "what is measured; null: over all of the family", nullable=True),
        "n": Column(COUNT, "what enters: items, dimensions, models, tags, queries or raters", low=0),
        "value": Column(NUMBER, "the statistic", nullable=True),
        "low": Column(NUMBER, "lower end of its 95 % interval, by resampled queries or raters", nullable=True),
        "high": Column(NUMBER, "upper end of its 95 % interval", nullable=True),
        "expected": Column(NUMBER, "its mean over keys from shuffled raters with as many tags", nullable=True),
        "expected_low": Column(NUMBER, "lower end of the middle 95 % over these keys", nullable=True),
        "expected_high": Column(NUMBER, "upper end of the middle 95 % over these keys", nullable=True),
        "p": Column(
            NUMBER, "chance under these keys: as high; of differences and means two-sided", 0, 1, nullable=True
        ),
    },
)


@dataclass(frozen=True)
class Material:
    """The models' ratings, and the keys to score them by.

    Attributes
    ----------
    models : S names. averages : (S, I) ratings averaged over versions, NaN without any.
    key : (I, D) int8, see ``key_array``. null_keys : (K, I, D) int8, of which K may be 0.
    partial : (I, D) int8, the key with the rater's mean partialled out, or None.
    liking : (I,) people's mean rating of the items, or None.
    sides : of each comparison of groups 1, -1 or 0 for every model, (S,).
    """

    models: Sequence[str]
    averages: np.ndarray
    key: np.ndarray
    null_keys: np.ndarray
    partial: np.ndarray | None
    liking: np.ndarray | None
    sides: Mapping[str, np.ndarray]
    centring: str
    instrument: Instrument

    @cached_property
    def own_profiles(self) -> np.ndarray:
        """The models' profiles under the key, (1, S, dimensions)."""
        return self.profiles(self.averages, self.key[None])

    @cached_property
    def null_profiles(self) -> np.ndarray:
        """The models' profiles under the null keys, (K, S, dimensions)."""
        return self.profiles(self.averages, self.null_keys)

    def profiles(self, averages: np.ndarray, keys: np.ndarray) -> np.ndarray:
        """Centred means in the main family under keys (K, I, D), as (K, rows of ``averages``, dimensions)."""
        main = self.instrument.main.name
        own = [place for place, (family, _) in enumerate(self.instrument.dimensions) if family == main]
        return score_keys(averages, keys, self.centring, self.instrument)[:, :, own]


Row = dict[str, object]


def explain_by_liking(
    material: Material, queries: np.ndarray, draws: int, random: np.random.Generator
) -> Iterator[Row]:
    """How far ratings and profiles follow from how much people like the items, by Pearson's r.

    rating_r : over items, of a model's ratings with people's mean ratings; its interval by resampled queries.
    profile_r : over dimensions, of a model's profile with that of people's mean ratings under the same key.
    Both for every model, and for the mean of all models' ratings or profiles (``all models``).

    Parameters
    ----------
    queries : (I,) the number of each item's query, from 0. draws : resamples of the queries.
    """
    if material.liking is None:
        return
    averages = np.vstack([material.averages, mean_there(material.averages, 0)])
    ones = np.ones((1, averages.shape[1]))
    observed = weighted_correlations(averages, material.liking, ones)[0]
    n = int(queries.max()) + 1
    weights = random.multinomial(n, np.full(n, 1 / n), draws)[:, queries]
    resampled = weighted_correlations(averages, material.liking, weights)
    n_items = (np.isfinite(averages) & np.isfinite(material.liking)).sum(axis=1)
    value, reference = (
        _profile_r(profiles, material.profiles(material.liking[None], keys))
        for profiles, keys in (
            (material.own_profiles, material.key[None]),
            (material.null_profiles, material.null_keys),
        )
    )
    n_scored = int(np.isfinite(material.own_profiles).all(axis=(0, 1)).sum())
    family = material.instrument.main.name
    for place, model in enumerate([*material.models, ALL_MODELS]):
        yield row("liking", "rating_r", model, n_items[place], observed[place], interval=resampled[:, place])
        yield row("liking", "profile_r", model, n_scored, value[0, place], reference[:, place], family=family)


def explain_by_spread(material: Material) -> Iterator[Row]:
    """How far the amplitude of a profile follows from the spread of a model's ratings alone.

    amplitude_r : Pearson's r over models of the SD of the profile over dimensions and that of ratings over items.
    """
    spread = np.nanstd(material.averages, axis=1)
    value, reference = (
        row_correlations(np.std(_complete(profiles), axis=2), spread)
        for profiles in (material.own_profiles, material.null_profiles)
    )
    family = material.instrument.main.name
    yield row("spread", "amplitude_r", ALL_MODELS, len(spread), value[0], reference, family=family)


def explain_by_common_profile(material: Material) -> Iterator[Row]:
    """How far profiles are one common profile, times the model's amplitude.

    mean_share : of the sum of all squared scores, the share that the mean profile gives if all models have it.
    one_profile_share : the share of the best single profile with an amplitude for each model (first singular value).
    own_share : of a model's squared scores, the share of the mean profile of all other models times its best amplitude
        of 0 or more.
    """
    observed, by_chance = (_shares(_complete(part)) for part in (material.own_profiles, material.null_profiles))
    n, family = len(material.models), material.instrument.main.name
    for name in ("mean_share", "one_profile_share"):
        yield row("common_profile", name, ALL_MODELS, n, observed[name][0], by_chance[name], family=family)
    for place, model in enumerate(material.models):
        value, reference = observed["own_share"][0, place], by_chance["own_share"][:, place]
        yield row("common_profile", "own_share", model, n - 1, value, reference, family=family)


def explain_by_rater_mean(material: Material) -> Iterator[Row]:
    """How far tags follow from a rater's mean rating: of the key's tags, the share that stay with it partialled out."""
    if material.partial is None:
        return
    kept = (material.key != 0) & (material.partial == material.key)
    for family in material.instrument.families:
        names = [
            (place, name) for place, (own, name) in enumerate(material.instrument.dimensions) if own == family.name
        ]
        for places, dimension in [([place for place, _ in names], None), *(([place], name) for place, name in names)]:
            tags = int((material.key[:, places] != 0).sum())
            share = kept[:, places].sum() / tags if tags else np.nan
            yield row(
                "rater_mean",
                "share_kept",
                PEOPLE,
                tags,
                share,
                without="rater_mean",
                family=family.name,
                dimension=dimension,
            )


def explain_by_style(
    rated: Ratings, queries: np.ndarray, survey: pd.DataFrame | None, instrument: Instrument
) -> Iterator[Row]:
    """How often every model, and people, take the middle and the extreme options; see ``style_shares``.

    Parameters
    ----------
    queries : (I,) the number of each item's query. survey : table ``survey``, or None.
    """
    clusters = np.broadcast_to(queries, rated.values.shape[1:])
    for (model, _), values, present in zip(rated.subjects, rated.values, rated.rated, strict=True):
        yield from style_shares(model, values[present], clusters[present], instrument)
    if survey is not None:
        raters = pd.factorize(survey["participant_id"])[0]
        yield from style_shares(PEOPLE, survey["rating"].to_numpy(), raters, instrument)


def style_shares(name: str, ratings: np.ndarray, clusters: np.ndarray, instrument: Instrument) -> Iterator[Row]:
    """share_middle and share_extreme: of all ratings those on the middle option (or two), and on the lowest or highest.

    Parameters
    ----------
    ratings : (N,) on the instrument's scale. clusters : (N,) the number of the query, or of the rater, of each: these
        are the draws of the interval, that of a ratio over clusters of different sizes (Cochran 1977, eq. 6.13).
    """
    sizes = np.bincount(clusters)
    used, total = sizes > 0, max(len(ratings), 1)
    n = int(used.sum())
    for statistic, options in (
        ("share_middle", (instrument.mirror // 2, -(-instrument.mirror // 2))),
        ("share_extreme", (instrument.lowest, instrument.highest)),
    ):
        chosen = np.bincount(clusters, np.isin(ratings, options), len(sizes))
        share = chosen.sum() / total if n else np.nan
        variance = ((chosen - share * sizes)[used] ** 2).sum() * n / (n - 1) if n > 1 else np.nan
        error = np.sqrt(variance) / total
        yield row("style", statistic, name, n, share) | {"low": share - Z_95 * error, "high": share + Z_95 * error}


def weighted_correlations(values: np.ndarray, other: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Pearson's r of the rows of ``values`` (S, I) with ``other`` (I,) under weights (B, I), as (B, S)."""
    present = np.isfinite(values) & np.isfinite(other)
    x, y = np.where(present, values, 0), np.where(present, other, 0)
    n, sx, sy, sxx, syy, sxy = (weights @ part.T for part in (present, x, y, x**2, y**2, x * y))
    n = np.where(n > 0, n, np.nan)
    spread = (sxx - sx**2 / n) * (syy - sy**2 / n)
    return (sxy - sx * sy / n) / np.sqrt(np.where(spread > 1e-12, spread, np.nan))


def _profile_r(profiles: np.ndarray, liked: np.ndarray) -> np.ndarray:
    """Pearson's r over dimensions of profiles (K, S, D), and of their mean, with (K, 1, D), as (K, S + 1)."""
    mean = profiles.mean(axis=1, keepdims=True)
    every = _complete(np.concatenate([profiles, mean, liked], axis=1))
    return row_correlations(every[:, :-1], every[:, -1:])


def row_correlations(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pearson's r along the last axis, NaN where either is constant."""
    x, y = (values - values.mean(axis=-1, keepdims=True) for values in (x, y))
    spread = np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1))
    return (x * y).sum(axis=-1) / np.where(spread > 1e-12, spread, np.nan)


def _complete(profiles: np.ndarray) -> np.ndarray:
    """The dimensions that the first key scores for everybody: a dimension without items has no score at all."""
    return profiles[:, :, np.isfinite(profiles[:1]).all(axis=(0, 1))]


def _shares(profiles: np.ndarray) -> dict[str, np.ndarray]:
    total = (profiles**2).sum(axis=(1, 2))
    total = np.where(total > 0, total, np.nan)
    n = profiles.shape[1]
    mean = profiles.mean(axis=1, keepdims=True)
    others = (n * mean - profiles) / max(n - 1, 1)
    product, length = (profiles * others).sum(axis=2), (profiles**2).sum(axis=2) * (others**2).sum(axis=2)
    whole = np.isfinite(profiles).all(axis=(1, 2))
    first = np.full(len(profiles), np.nan)
    turned = profiles[whole].transpose(0, 2, 1)
    first[whole] = np.linalg.eigvalsh(turned @ profiles[whole])[:, -1] if profiles.shape[2] else np.nan
    return {
        "mean_share": n * (mean**2).sum(axis=(1, 2)) / total,
        "one_profile_share": first / total,
        "own_share": np.maximum(product, 0) ** 2 / np.where(length > 0, length, np.nan),
    }


def mean_there(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean over an axis of what is there; NaN without any."""
    n = np.isfinite(values).sum(axis=axis)
    return np.nansum(values, axis=axis) / np.where(n > 0, n, np.nan)


def row(
    question: str,
    statistic: str,
    subject: str,
    n: int,
    value: float,
    reference: np.ndarray | None = None,
    interval: np.ndarray | None = None,
    without: str = "nothing",
    family: str | None = None,
    dimension: str | None = None,
    two_sided: bool = False,
) -> Row:
    """A row; p is (1 + count) / (1 + draws) of the reference, twice the smaller side if ``two_sided``."""
    reference = np.empty(0) if reference is None else reference[np.isfinite(reference)]
    interval = np.empty(0) if interval is None else interval[np.isfinite(interval)]
    ends = [np.quantile(part, [0.025, 0.975]) if len(part) else (np.nan, np.nan) for part in (interval, reference)]
    p = share_as_extreme(value, reference)
    if two_sided:
        p = min(1.0, 2 * min(p, share_as_extreme(value, reference, lower=True))) if np.isfinite(p) else p
    return {
        "question": question,
        "statistic": statistic,
        "subject": subject,
        "without": without,
        "family": family,
        "dimension": dimension,
        "n": int(n),
        "value": float(value),
        "low": ends[0][0],
        "high": ends[0][1],
        "expected": reference.mean() if len(reference) else np.nan,
        "expected_low": ends[1][0],
        "expected_high": ends[1][1],
        "p": p,
    }
