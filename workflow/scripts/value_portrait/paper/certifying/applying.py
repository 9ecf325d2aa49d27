"""What every number is made of, under the causes applied one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from value_portrait.items.validation import select_items
from value_portrait.paper.certifying.alphas import alphas_by_formula
from value_portrait.paper.certifying.lost_items import lost_items, without_lost_items
from value_portrait.paper.certifying.material import Material, of_models
from value_portrait.paper.certifying.stated import (
    CENTRING,
    KEPT_PAIR,
    LOST,
    MAX_P,
    OF_TABLE_8,
    THRESHOLD,
    TWO_PROFILES,
)
from value_portrait.paper.certifying.switched_pairs import add_pairs, judge_pairs, pairs_beyond_p
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.publication.printed_tables import family_scores
from value_portrait.scores.profiles import profile_models


@dataclass(frozen=True)
class Applied:
    """By cause, with it and all causes before it applied; "" is without any.

    Attributes
    ----------
    correlations, keys, profiles : tables of these kinds. values, traits : wide scores, as in Tables 8 and 9.
    alphas : of the ten values, by name.
    all_alphas : the last of ``alphas``, over all models.
    pairs, lost : as by ``judge_pairs`` and ``lost_items``.
    """

    correlations: Mapping[str, pd.DataFrame]
    keys: Mapping[str, pd.DataFrame]
    profiles: Mapping[str, pd.DataFrame]
    values: Mapping[str, pd.DataFrame]
    traits: Mapping[str, pd.DataFrame]
    alphas: Mapping[str, "pd.Series[Any]"]
    all_alphas: "pd.Series[Any]"
    pairs: pd.DataFrame
    lost: pd.DataFrame


def apply_causes(m: Material) -> Applied:
    """Everything under all causes."""
    ratings = m.by_published
    correlations = {"": m.recomputed, TWO_PROFILES: m.explained}
    keys = {cause: select_items(frame, THRESHOLD, MAX_P) for cause, frame in correlations.items()}
    pairs = judge_pairs(pairs_beyond_p(m.explained, THRESHOLD, MAX_P), ratings, keys[TWO_PROFILES], m.scores)
    keys[KEPT_PAIR] = add_pairs(keys[TWO_PROFILES], pairs[pairs["contained"].fillna(False)])
    lost = lost_items(m.records, ratings, keys[KEPT_PAIR])
    profiles = {cause: profile_models(ratings, key, CENTRING, VALUE_PORTRAIT) for cause, key in keys.items()}
    profiles[LOST] = profile_models(without_lost_items(ratings, lost), keys[KEPT_PAIR], CENTRING, VALUE_PORTRAIT)
    values, traits = (
        {cause: family_scores(frame, VALUE_PORTRAIT.family(family)) for cause, frame in profiles.items()}
        for family in ("pvq", "bfi")
    )
    table_8 = of_models(ratings, m.printed["value_scores"].index)
    *alphas, all_alphas = (
        alphas_by_formula(block, "model_by_version", keys[cause])["pvq"]
        for block, cause in ((ratings, ""), (table_8, ""), (table_8, TWO_PROFILES), (ratings, TWO_PROFILES))
    )
    return Applied(
        correlations,
        keys,
        profiles,
        values,
        traits,
        dict(zip(("", OF_TABLE_8, TWO_PROFILES), alphas, strict=True)),
        all_alphas,
        pairs,
        lost,
    )
