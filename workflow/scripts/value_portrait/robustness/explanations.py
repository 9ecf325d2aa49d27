"""What else could explain profiles: liking, spread, one common profile, the rater's mean rating, response style."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Z_95
from value_portrait.robustness.alternatives import ALL_MODELS, PEOPLE, Material, Row, mean_there, row, row_correlations
from value_portrait.robustness.clustering import ROUNDED
from value_portrait.scores.ratings import NO_RATING, Ratings


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
    weights = random.multinomial(n, np.full(n, 1 / n), draws).astype(float)[:, queries]
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
    clusters = np.broadcast_to(queries[:, None], rated.single.shape[1:])
    for (model, _), values in zip(rated.subjects, rated.single, strict=True):
        present = values != NO_RATING
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
        yield row("style", statistic, name, n, share) | {
            "low": np.maximum(share - Z_95 * error, 0),
            "high": np.minimum(share + Z_95 * error, 1),
        }


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
    mean = mean_there(profiles, 1)[:, None]
    every = _complete(np.concatenate([profiles, mean, liked], axis=1))
    return row_correlations(every[:, :-1], every[:, -1:])


def _complete(profiles: np.ndarray) -> np.ndarray:
    """The dimensions that the first key scores for everybody: a dimension without items has no score at all.

    A family's only dimension, centred on itself, is 0 but for rounding.
    """
    told: np.ndarray = profiles[:, :, np.isfinite(profiles[:1]).all(axis=(0, 1))].round(ROUNDED)
    return told


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
