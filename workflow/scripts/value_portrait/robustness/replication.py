"""What tags made by one half of the raters are worth in the other half."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Block
from value_portrait.randomness import named_generator
from value_portrait.robustness.resampling import (
    ROUNDING,
    TagRule,
    correlate_samples,
    draw_orders,
    group_places,
    in_chunks,
    suborders,
)
from value_portrait.tables import NUMBER, REPEATED_TEXT, Column, Schema

FEWEST_RATERS = 4  # in a half: three points nearly always make a correlation beyond any threshold

REPLICATION = Schema(
    ("family", "dimension"),
    {
        "family": Column(REPEATED_TEXT, "family of the dimension"),
        "dimension": Column(REPEATED_TEXT, "what is measured; empty: all of the family", nullable=True),
        "pairs": Column(NUMBER, "mean number of pairs of item and dimension that a half tags", low=0),
        "rho": Column(NUMBER, "their mean correlation in that half, signed as tagged", -1, 1, nullable=True),
        "rho_other": Column(NUMBER, "their mean correlation in the other half", -1, 1, nullable=True),
        "rho_other_low": Column(NUMBER, "lower end of its 95 % range over splits", -1, 1, nullable=True),
        "rho_other_high": Column(NUMBER, "upper end of its 95 % range over splits", -1, 1, nullable=True),
        "share_positive": Column(NUMBER, "share with the same sign in the other half", 0, 1, nullable=True),
        "share_tagged_again": Column(NUMBER, "share that the other half tags too", 0, 1, nullable=True),
    },
)


def compare_halves(
    groups: Sequence[Sequence[Block]], rule: TagRule, splits: int, rng: np.random.Generator
) -> np.ndarray:
    """Sums over the pairs that one half of the raters tags, as (2 · splits, D, 5).

    The raters of each survey group are split at random; either half tags by ``rule`` without its p-limit, which would
    be a higher threshold for half as many raters. The last axis holds the number of pairs, their correlations in the
    half that tags and in the other, how many have the same sign there, and how many are tagged again. A negative
    tag's correlations count with the opposite sign. Blocks with fewer than twice ``FEWEST_RATERS`` raters are left out.
    """
    sums = np.zeros((2, splits, len(groups[0][0].dimensions), 5))
    limit = rule._replace(max_p=None).limit(0)
    for group in groups:
        n, places = group_places(group)
        orders = draw_orders(rng, splits, n)
        for block, own in zip(group, places, strict=True):
            half = len(own) // 2
            if half < FEWEST_RATERS:
                continue
            order = suborders(orders, own)
            for part in in_chunks(splits, block.scores.shape[1] * len(block.items) + block.ratings.size):
                # An odd one out stays out, so that the halves are alike.
                drawn = [order[part, :half], order[part, half : 2 * half]]
                rho = [correlate_samples(block.ratings[d], block.scores[d], rule.method) for d in drawn]
                for side in (0, 1):
                    sums[side, part] += _sums(rho[side], rho[1 - side], limit, rule.polarity)
    return sums.reshape(2 * splits, -1, 5)


def replicate_tags(
    groups: Sequence[Sequence[Block]], rule: TagRule, splits: int, seed: int, instrument: Instrument
) -> pd.DataFrame:
    """The table ``REPLICATION``; ``groups`` from ``resampling.survey_groups``, ``rule`` as in ``compare_halves``."""
    sums = compare_halves(groups, rule, splits, named_generator("replication", seed))
    rows: list[Mapping[str, object]] = []
    for family in instrument.families:
        columns = [place for place, (name, _) in enumerate(instrument.dimensions) if name == family.name]
        for name, own in [(None, columns), *zip(family.names, ([place] for place in columns), strict=True)]:
            of_split = sums[:, own].sum(axis=1)
            pairs, *totals = of_split.sum(axis=0)
            means = [total / pairs if pairs else np.nan for total in totals]
            tagging = of_split[of_split[:, 0] > 0]
            each = tagging[:, 2] / tagging[:, 0]
            low, high = np.quantile(each, [0.025, 0.975]) if len(each) else (np.nan, np.nan)
            rows.append(
                {
                    "family": family.name,
                    "dimension": name,
                    "pairs": pairs / len(sums),
                    "rho": means[0],
                    "rho_other": means[1],
                    "rho_other_low": low,
                    "rho_other_high": high,
                    "share_positive": means[2],
                    "share_tagged_again": means[3],
                }
            )
    return pd.DataFrame(rows)


def _sums(rho: np.ndarray, other: np.ndarray, limit: float, polarity: str) -> np.ndarray:
    """The sums over items (S, D, 5) of ``compare_halves``, from correlations in the two halves (S, I, D)."""
    if polarity == "both":
        sign = np.sign(rho)
        rho, other = rho * sign, other * sign
    # What the other half cannot correlate is no test of a tag.
    tagged = (rho > limit) & ~np.isnan(other)
    parts = (
        tagged,
        np.where(tagged, rho, 0),
        np.where(tagged, other, 0),
        tagged & (other > ROUNDING),
        tagged & (other > limit),
    )
    return np.stack([part.sum(axis=1) for part in parts], axis=2)
