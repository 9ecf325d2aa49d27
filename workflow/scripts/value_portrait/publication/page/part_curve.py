"""Every claim in every defensible analysis."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from value_portrait.config_tables import Claim
from value_portrait.instrument import Instrument
from value_portrait.publication.page.finding import with_minus
from value_portrait.publication.page.packing import Packed
from value_portrait.publication.verdicts import OPTIONS, describe_claim, setting_in_words
from value_portrait.robustness.judging import bound
from value_portrait.robustness.level import LEVEL
from value_portrait.robustness.shares import UNIVERSES
from value_portrait.tables import Schema

# The table that it takes beside those of claims and verdicts.
CURVE_TABLES: dict[str, Schema] = {"universes": UNIVERSES}
LEVELS = 80  # to which a claim's values are rounded, over their range: a curve is not drawn finer
CELLS = 400_000  # values of universes and claims, beyond which some universes are left out
SHARES = ("share_holds", "share_significant", "difference")


def curve_part(
    tables: Mapping[str, pd.DataFrame], claims: Sequence[Claim], instrument: Instrument
) -> dict[str, Packed]:
    """The tables of the part; none without claims.

    ``universes`` has a row for each analysis: whether it is the main one, its settings, and of every claim that could
    be put to the test ``value <claim>``, to one of ``LEVELS``, and ``kind <claim>``: 0 it does not hold, 1 it holds, 2
    with p below ``LEVEL``, null undefined. ``claims`` has the verdicts and beyond which value a claim holds,
    ``options`` what options with several settings are called, ``shares`` what claims.csv has on these, and their
    ``words``.
    """
    if not claims:
        return {}
    table, about = tables["universes"], tables["claims"]
    every = about[about["option"].isna()].drop(columns=["option", "setting"])
    told = pd.DataFrame([describe_claim(claim, claims, tables, instrument) for claim in claims]).map(with_minus)
    told["bound"] = [bound(claim) for claim in claims]
    options = [str(name) for name in about["option"].dropna().unique()]
    main = table[table["departures"] == 0].iloc[0] if len(table) else None
    shares = about.loc[about["option"].notna(), ["claim", "option", "setting", "universes", *SHARES[:2]]]
    words = [setting_in_words(*pair) for pair in zip(shares["option"], shares["setting"], strict=True)]
    return {
        "claims": Packed(
            every.merge(told, on="claim", validate="one_to_one"), dict.fromkeys((*SHARES, "value", "p"), 0.0001)
        ),
        "options": Packed(
            pd.DataFrame(
                {
                    "option": options,
                    "title": [OPTIONS.get(name, name) for name in options],
                    "main": [None if main is None else str(main[name]) for name in options],
                }
            )
        ),
        "shares": Packed(shares.assign(words=words), dict.fromkeys(SHARES, 0.0001)),
        "universes": _universes(table, options),
    }


def _universes(table: pd.DataFrame, options: Sequence[str]) -> Packed:
    by_claim = dict(list(table.groupby("claim", sort=False, observed=True)))
    every = table.drop_duplicates("universe").sort_values("universe")
    every = every.iloc[_kept(every["departures"].to_numpy(), len(by_claim))]
    columns: dict[str, object] = {"main": every["departures"].to_numpy() == 0}
    columns |= {name: every[name].astype("object").to_numpy() for name in options}
    units = {}
    for claim, rows in ((str(name), own) for name, own in by_claim.items()):
        own = rows.set_index("universe").reindex(every["universe"])
        if own["value"].isna().all():
            continue
        value = own["value"].to_numpy(float)
        holds = own["holds"].eq(True).to_numpy()
        significant = holds & (own["p"] < LEVEL).to_numpy()
        columns[f"value {claim}"] = value
        columns[f"kind {claim}"] = np.where(np.isnan(value), np.nan, holds.astype(float) + significant)
        # A claim with one value in all analyses needs no levels.
        units[f"value {claim}"] = float(f"{np.ptp(value[~np.isnan(value)]) / LEVELS or 0.001:.2g}")
    return Packed(pd.DataFrame(columns), units)


def _kept(departures: np.ndarray, claims: int) -> np.ndarray:
    """Places of the universes that are shown: where there are too many, those near the main one and even steps."""
    step = -(-len(departures) * claims // CELLS)
    return np.flatnonzero((departures <= 1) | (np.arange(len(departures)) % max(step, 1) == 0))
