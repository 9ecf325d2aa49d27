"""People and personas: axes, groups, and what steering does."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.personas.effects import DEFAULT_FRAMING, SUBJECT, subject_name
from value_portrait.publication.page.packing import Packed
from value_portrait.responses.conditions import STEERING
from value_portrait.robustness.uncertainty import UNCERTAINTY
from value_portrait.tables import Schema

# The tables that it takes, where a study has them: each by the name of a schema, with one, or without.
PEOPLE_TABLES: dict[str, str | Schema | None] = {
    "models_and_people": None,
    "persona_effects": "persona_effects",
    "uncertainty_of_effects": UNCERTAINTY,
    **dict.fromkeys(("bias", "agreement", "trends", "findings"), None),
    **dict.fromkeys(("steering_hits", "steering_distance", "steering_pairs"), None),
}
LIMIT = 60_000  # rows of effects, so that many models under many personas leave the page a page


def people_part(tables: Mapping[str, pd.DataFrame], instrument: Instrument) -> dict[str, Packed]:
    """The tables of the part: those that the study has.

    Parameters
    ----------
    tables : any of ``PEOPLE_TABLES``; models_and_people is from ``compare_with_people``, and all others but
        uncertainty_of_effects are there where persona_effects is.
    """
    parts: dict[str, pd.DataFrame] = {}
    if "models_and_people" in tables:
        parts["people"] = tables["models_and_people"]
    if "persona_effects" in tables:
        parts |= _personas(tables, instrument)
    return {name: Packed(table) for name, table in parts.items()}


def _personas(tables: Mapping[str, pd.DataFrame], instrument: Instrument) -> dict[str, pd.DataFrame]:
    """Personas and steering; whose effects they are stands in ``subjects``, the others name it."""
    effects = tables["persona_effects"]
    # As plain texts: groups of categories are all their combinations.
    effects = effects.astype(dict.fromkeys(effects.select_dtypes("category"), "object"))
    effects = _with_all_sources(effects, tables.get("uncertainty_of_effects"))
    subjects = effects[SUBJECT].drop_duplicates()
    subjects = subjects.assign(subject=[subject_name(row) for row in subjects.to_dict("records")])
    sizes = effects.groupby(SUBJECT, sort=False).size().to_numpy()
    shown = subjects[(sizes.cumsum() <= LIMIT) | (np.arange(len(sizes)) == 0)]
    told = effects["axis"] == STEERING
    over = effects.groupby([*SUBJECT, "axis", "family", "dimension"], sort=False)
    alone = over["group"].transform("nunique") < 2
    effects["off_axis"] = (effects["effect"] - over["effect"].transform("mean")).mask(alone).round(12)
    columns = ["effect", "ci_low", "ci_high", "all_low", "all_high"]
    about = [*SUBJECT, "axis", "group", "family", "dimension"]
    parts = {
        "effects": effects.loc[~told, [*about, *columns, "off_axis", "version_sd"]],
        "steering": effects.loc[
            told & (effects["family"] == instrument.main.name), [*SUBJECT, "group", "dimension", *columns]
        ],
        "beside": _off_axis(tables["bias"]),
        **{name: tables[name] for name in ("agreement", "trends")},
        "findings": _titled(tables["findings"], instrument),
        **{name: tables[name] for name in ("steering_hits", "steering_distance", "steering_pairs")},
    }
    parts = {name: _of_subjects(table, shown) for name, table in parts.items()}
    intervals = effects.groupby(SUBJECT, sort=False)["ci_low"].agg("count").to_numpy() > 0
    parts["subjects"] = subjects.assign(intervals=intervals, shown=subjects["subject"].isin(shown["subject"]))
    return parts


def _with_all_sources(effects: pd.DataFrame, uncertainty: pd.DataFrame | None) -> pd.DataFrame:
    """The effects with the intervals that take in wordings and raters too, where they are known."""
    ends = ["all_low", "all_high"]
    if uncertainty is None:
        return effects.assign(**dict.fromkeys(ends, np.nan))
    known = uncertainty[uncertainty["source"] == "all"].rename(columns={"low": "all_low", "high": "all_high"})
    keys = ["model", "condition", "family", "dimension"]
    # The paper's own personas have no answers and no condition.
    condition = effects["persona"] + np.where(effects["framing"] == DEFAULT_FRAMING, "", "@" + effects["framing"])
    condition = condition.where(effects["source"] == "answers")
    return effects.assign(condition=condition).merge(known[[*keys, *ends]], on=keys, how="left", validate="many_to_one")


def _off_axis(bias: pd.DataFrame) -> pd.DataFrame:
    """Personas beside people, also against the mean over the axis's groups, taken off either side."""
    over = bias.groupby([*SUBJECT, "axis", "people_source", "weighting", "dimension"], sort=False, dropna=False)
    alone = over["group"].transform("nunique") < 2
    for side in ("persona", "human"):
        effect = bias[f"{side}_effect"]
        # As in ``assess_agreement``: 0.3 - 0.1 - 0.2 is no sign.
        off = (effect - over[f"{side}_effect"].transform("mean")).round(12)
        bias = bias.assign(**{f"{side}_off_axis": off.mask(alone)})
    signs = np.sign(bias["persona_off_axis"]) * np.sign(bias["human_off_axis"])
    return bias.assign(same_sign_off_axis=(signs > 0).astype("boolean").mask(signs.isna() | (signs == 0)))


def _titled(findings: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The findings with the title of the dimension that each is about before its colon."""
    words = [str(said).partition(":") for said in findings["finding"]]
    return findings.assign(finding=[instrument.titles.get(name, name) + rest + said for name, rest, said in words])


def _of_subjects(table: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Rows of these subjects, by their name, and those of people, who are none."""
    named = table.merge(subjects, on=SUBJECT, how="left")
    people = table["model"].isna().to_numpy()
    return named[named["subject"].notna() | people].drop(columns=["model", "framing"])
