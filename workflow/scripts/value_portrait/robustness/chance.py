"""How many tags chance alone gives: the raters' questionnaires permuted among the raters of a survey group."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.items.validation import Block, correlate, correlation_p, pearson_matrix
from value_portrait.randomness import named_generator
from value_portrait.robustness.comparison_tables import benjamini_hochberg
from value_portrait.robustness.resampling import (
    ROUNDING,
    TagRule,
    correlation_of_p,
    draw_orders,
    follow,
    group_places,
    in_chunks,
)
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, Column, Schema

DIRECTIONS = ("positive", "two_sided")
FALSE_DISCOVERIES = 0.05  # share that Benjamini and Hochberg's procedure allows
WEAK_P = 0.5  # tests with a larger p-value count as those without any correlation

TAGS_BY_CHANCE = Schema(
    ("family", "dimension", "direction"),
    {
        "family": Column(REPEATED_TEXT, "family of the dimension"),
        "dimension": Column(REPEATED_TEXT, "what is measured; empty: all of the family", nullable=True),
        "direction": Column(REPEATED_TEXT, "positive, or two_sided: negative correlations too"),
        "tests": Column(COUNT, "pairs of item and dimension with a correlation", low=0),
        "tags": Column(COUNT, "those that the config's threshold and p-limit tag", low=0),
        "expected": Column(NUMBER, "mean tags with permuted questionnaires", low=0),
        "low": Column(NUMBER, "lower end of their 95 % range", low=0),
        "high": Column(NUMBER, "upper end of their 95 % range", low=0),
        "p": Column(NUMBER, "chance of as many tags or more", low=0, high=1),
        "null_share": Column(NUMBER, "estimated share of tests without correlation", low=0, high=1, nullable=True),
        "false_discovery_rate": Column(NUMBER, "estimated share of false tags", low=0, high=1, nullable=True),
        "surviving": Column(COUNT, "tags left by Benjamini and Hochberg's procedure over the family's tests", low=0),
    },
)


def count_by_chance(
    groups: Sequence[Sequence[Block]], rule: TagRule, permutations: int, rng: np.random.Generator
) -> np.ndarray:
    """Tags of each of the D dimensions, in the data and under permutations, as (1 + permutations, D, 3).

    A permutation gives each rater the whole questionnaire of somebody in the same survey group, so what hangs together
    among items and among dimensions stays so. The first row is the data. The last axis holds positive tags, tags of
    either sign, and tests with a two-sided p-value above ``WEAK_P``. Correlations equal to a limit do not exceed it.
    """
    counts = np.zeros((1 + permutations, len(groups[0][0].dimensions), 3), np.int64)
    for group in groups:
        n, places = group_places(group)
        orders = np.vstack([np.arange(n), draw_orders(rng, permutations, n)])
        for block, own in zip(group, places, strict=True):
            _add_counts(counts, block, follow(orders, own), rule)
    return counts


def tags_by_chance(
    groups: Sequence[Sequence[Block]], rule: TagRule, permutations: int, seed: int, instrument: Instrument
) -> pd.DataFrame:
    """The table ``TAGS_BY_CHANCE``: every dimension, and all of each family, in both directions.

    p = (1 + permutations with at least as many tags) / (1 + permutations). The false discovery rate is the expected
    number of tags times the share of tests without correlation, over the number found (Storey and Tibshirani 2003, PNAS
    100, with the permutations of Tusher, Tibshirani and Chu 2001, PNAS 98). That share is estimated over the family,
    as tests with p > .5 over their mean number under permutation; a dimension has too few raters for its own. Tests
    cannot tell a weak correlation from none: simulated, the rate is the share of tags whose correlation among people is
    below about 0.1 or has the other sign.
    ``surviving`` are tags that Benjamini and Hochberg (1995) leave at 5 % among all tests of the family; one-sided for
    the positive direction.

    Parameters
    ----------
    groups : from ``resampling.survey_groups``. Tags are counted from these ratings, in the data and by chance, whatever
        correlations the item key was made from.
    """
    counts = count_by_chance(groups, rule, permutations, named_generator("tags by chance", seed))
    rho, n = _correlations(groups, rule)
    tagged = np.abs(rho) > np.array([rule.limit(raters) for raters in n])[:, None]
    rows: list[Mapping[str, object]] = []
    for family in instrument.families:
        columns = [place for place, (name, _) in enumerate(instrument.dimensions) if name == family.name]
        two_sided = correlation_p(rho[:, columns], n[:, None])
        one_sided = np.where(rho[:, columns] > 0, two_sided / 2, 1 - two_sided / 2)
        positive = tagged[:, columns] & (rho[:, columns] > 0)
        left = (_discoveries(one_sided) & positive, _discoveries(two_sided) & tagged[:, columns])
        weak = counts[:, columns, 2].sum(axis=1)
        null_share = np.minimum(weak[0] / weak[1:].mean(), 1) if weak[1:].any() else np.nan
        rest = list(range(len(columns)))
        for name, own in [(None, rest), *zip(family.names, ([place] for place in rest), strict=True)]:
            places = [columns[place] for place in own]
            tests = int((~np.isnan(rho[:, places])).sum())
            totals = counts[:, places].sum(axis=1)
            for side, direction in enumerate(DIRECTIONS):
                found, chance = totals[0, side], totals[1:, side]
                expected = chance.mean()
                low, high = np.quantile(chance, [0.025, 0.975])
                rows.append(
                    {
                        "family": family.name,
                        "dimension": name,
                        "direction": direction,
                        "tests": tests,
                        "tags": found,
                        "expected": expected,
                        "low": low,
                        "high": high,
                        "p": (1 + (chance >= found).sum()) / (1 + permutations),
                        "null_share": null_share,
                        "false_discovery_rate": np.minimum(null_share * expected / found, 1) if found else np.nan,
                        "surviving": int(left[side][:, own].sum()),
                    }
                )
    return pd.DataFrame(rows)


def _add_counts(counts: np.ndarray, block: Block, orders: np.ndarray, rule: TagRule) -> None:
    n, dimensions = block.scores.shape
    ratings, scores = block.ratings, block.scores
    if rule.method == "spearman":
        ratings, scores = (pd.DataFrame(values).rank().to_numpy() for values in (ratings, scores))
    limit, weak = rule.limit(n), correlation_of_p(WEAK_P, n) - ROUNDING
    for part in in_chunks(len(orders), dimensions * (n + len(block.items))):
        permuted = scores[orders[part]].transpose(1, 0, 2).reshape(n, -1)
        rho = pearson_matrix(ratings, permuted)
        for side, chosen in enumerate((rho > limit, np.abs(rho) > limit, np.abs(rho) < weak)):
            counts[part, :, side] += chosen.sum(axis=0).reshape(-1, dimensions)


def _correlations(groups: Sequence[Sequence[Block]], rule: TagRule) -> tuple[np.ndarray, np.ndarray]:
    """Correlations of all items (I, D), and the number of each item's raters (I,)."""
    blocks = [block for group in groups for block in group]
    rho = np.vstack([correlate(block.ratings, block.scores, rule.method) for block in blocks])
    return rho, np.repeat([len(block.raters) for block in blocks], [len(block.items) for block in blocks])


def _discoveries(p: np.ndarray) -> np.ndarray:
    found: np.ndarray = benjamini_hochberg(p.ravel()).reshape(p.shape) <= FALSE_DISCOVERIES
    return found
