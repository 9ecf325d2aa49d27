"""What the paper prints and says of personas: its tables, of which no answers are known, and its findings in words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.config_tables import Persona
from value_portrait.instrument import Instrument
from value_portrait.personas.bias import PAIR, people_name
from value_portrait.personas.effects import COLUMNS, SUBJECT, Effects, subject_name
from value_portrait.responses.conditions import STEERING

MODEL = "GPT-4o"
ABOUT = ("persona", "axis", "order", "group", "people")

# What the paper says in words: the difference of two personas in a value, and people's. Those printed are above 0.
QUOTED_GAPS = (
    ("gender", "Male", "Female", "Conformity"),
    ("politics", "Left-wing", "Right-wing", "Hedonism"),
)
QUOTED_LOWEST = ("education", "Master", "Self_Direction")


def printed_effects(
    printed: pd.DataFrame, steering: pd.DataFrame, personas: Sequence[Persona], instrument: Instrument
) -> Effects:
    """The paper's Tables 13 to 19 as persona effects, without intervals or anything about prompt versions.

    Parameters
    ----------
    printed : columns axis, group and one for each value and trait. steering : columns steered and one for each value.
    personas : as for ``estimate_effects``; a group that it does not hold has no order and no people.
    """
    steered = steering.rename(columns={"steered": "group"}).assign(axis=STEERING)
    long = pd.concat([printed, steered]).melt(["axis", "group"], var_name="dimension", value_name="effect")
    families = {dimension: family for family, dimension in instrument.dimensions}
    long = long.assign(source="printed", model=MODEL, framing="as printed", family=long["dimension"].map(families))
    known = pd.DataFrame([{name: getattr(row, name) for name in ABOUT} for row in personas], columns=list(ABOUT))
    long = long.dropna(subset="effect").merge(known, on=["axis", "group"], how="left")
    place = long.groupby(["axis", "group"], sort=False).ngroup() * len(families)
    place += long["dimension"].map(list(families).index)
    long = long.iloc[place.argsort()].reset_index(drop=True)
    nothing = dict.fromkeys(["ci_low", "ci_high", "n_queries", "version_mean", "version_sd", "version_ratio"], np.nan)
    return Effects(long.assign(**nothing)[COLUMNS], None)


def quoted_findings(bias: pd.DataFrame) -> pd.DataFrame:
    """The paper's findings in words, from the numbers at hand.

    Parameters
    ----------
    bias : from ``bias.hold_against_people``.

    Returns
    -------
    Columns of the subject, people_source, weighting, finding, persona and human (differences between two groups; or the
    rank of the group, 1 = lowest), and holds (the personas' difference has the sign of the printed one and is the
    larger; or they rank lowest and people do not).
    """
    keys = [*SUBJECT, "people_source", "weighting"]
    rows: list[dict[str, Any]] = []
    for names, own in bias.groupby(keys, sort=False, dropna=False):
        cells: dict[tuple[str, str, str], np.ndarray] = {
            (axis, group, value): np.array([persona, human])
            for axis, group, value, persona, human in own[["axis", "group", "dimension", *PAIR]].itertuples(index=False)
        }
        findings = []
        for axis, one, other, value in QUOTED_GAPS:
            if (axis, one, value) in cells and (axis, other, value) in cells:
                persona, human = cells[axis, one, value] - cells[axis, other, value]
                findings.append((f"{value}: {one} minus {other}", persona, human, persona > abs(human)))
        axis, group, value = QUOTED_LOWEST
        others = [
            effects for (own_axis, _, own_value), effects in cells.items() if (own_axis, own_value) == (axis, value)
        ]
        if (axis, group, value) in cells:
            persona, human = 1 + np.sum(np.array(others) < cells[axis, group, value], axis=0)
            finding = f"{value}: rank of {group} among the groups of {axis}, 1 = lowest"
            findings.append((finding, persona, human, persona == 1 < human))
        for found in findings:
            cell = dict(zip(("finding", "persona", "human", "holds"), found, strict=True))
            rows.append({**dict(zip(keys, names, strict=True)), **cell})
    return pd.DataFrame(rows, columns=[*keys, "finding", "persona", "human", "holds"])


def describe_findings(findings: pd.DataFrame) -> str:
    """The quoted findings as a section in Markdown; empty without any."""
    if findings.empty:
        return ""
    lines = [
        "",
        "## The paper's findings in words",
        "",
        "Beside what the paper says of personas and people, the numbers as they stand: without intervals, not held "
        "against chance, and so without a verdict.",
        "",
        "| model | people | finding | personas | people | these numbers |",
        "|---|---|---|---|---|---|",
    ]
    for row in findings.to_dict("records"):
        finding = row["finding"].replace("_", "-")
        form = "g" if "rank of" in finding else ".2f"
        lines.append(
            f"| {subject_name(row)} | {people_name(row)} | {finding} | {row['persona']:{form}} | "
            f"{row['human']:{form}} | {'go' if row['holds'] else 'do not go'} this way |"
        )
    return "\n".join(lines) + "\n"
