"""Edits of the archive's own results: correlations, tags, scores."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from attacking import REPEATED, Attack, Row, Target, numeric_edits, replacing, whole
from instruments import VALUE_PORTRAIT
from value_portrait.paper.certifying.stated import TAG

# The name under which a field of the material is sealed.
SEALED = {"published": "correlations", "tags": "tags", "scores": "scores"}


def attack_numbers(
    target: Target,
    rng: np.random.Generator,
    field: str,
    table: pd.DataFrame,
    column: str,
    kind: int,
    name: Callable[["pd.Series[Any]", str], Row],
    tolerance: float,
    span: tuple[float, float] = (-1, 1),
) -> Attack:
    """An edit of a column of a table of the archive's results, or one of its rows less."""
    edits = list(numeric_edits(rng, table[column], *span))
    for place in rng.permutation(table.index)[:100]:
        known = target.rows[name(table.loc[place], column)]
        if known["status"] == "explained" and not np.isnan(known["ours"]):
            edits.append(("the uncorrected one", pd.Series({place: known["ours"]})))
            break
    kind %= len(edits) + 1
    if kind == len(edits):
        place = rng.choice(table.index)
        numbers = [own for own in table.columns if pd.api.types.is_numeric_dtype(table[own])]
        rows = {row for own in numbers if (row := name(table.loc[place], own))[1]}
        change = replacing(field, lambda own: own.drop(index=place))
        return Attack(f"{field}: a row deleted", change, (field, place), rows, seals={SEALED[field]})
    edit, new = edits[kind]

    def change(own: pd.DataFrame) -> pd.DataFrame:
        values = own[column].astype(float)
        values[new.index] = new
        # Counts stay whole.
        return own.assign(**{column: values if (values % 1).any() else values.astype(own[column].dtype)})

    moved = [place for place in new.index if not abs(new[place] - table.at[place, column]) <= tolerance]
    attack = Attack(f"{field} {column}: {edit}", replacing(field, change), (field, *new.index))
    attack.rows = {name(table.loc[place], column) for place in moved}
    if all(new[place] == table.at[place, column] for place in new.index):
        attack.silent = "same number"
    else:
        attack.seals = {SEALED[field]}
    return attack


def attack_correlations(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    m = target.material
    # Some in the groups in which a second profile is sought by these very numbers.
    groups = m.survey.drop_duplicates("item_id").set_index("item_id")["group"]
    here = m.published["item_id"].map(groups).isin(REPEATED)
    attack = attack_numbers(
        target,
        rng,
        "published",
        m.published[here if kind % 4 >= 2 else ~here],
        ("rho", "p")[kind % 2],
        kind // 2,
        lambda row, column: (
            "archive: correlation_results",
            f"{column} of {row['item_id']} with {row['family']} {row['dimension']}" if column in ("rho", "p") else "",
        ),
        1e-12,
    )
    attack.groups = set(REPEATED) if kind % 4 >= 2 else set()
    return attack


def attack_tags(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    m = target.material
    name = "tag {} {} {}".format
    if kind % 10 < 9:
        return attack_numbers(
            target,
            rng,
            "tags",
            m.tags,
            "rho",
            kind,
            lambda row, _: ("archive: Phase1_total", name(*row[TAG])),
            1e-12,
        )
    place = int(rng.choice(m.tags.index))
    item, family, dimension = m.tags.loc[place, TAG]
    taken = set(m.tags.loc[m.tags["item_id"] == item, "dimension"])
    other = next(new for new in VALUE_PORTRAIT.family(family).names if new not in taken)
    rows = {("archive: Phase1_total", name(item, family, own)) for own in (dimension, other)}
    change = replacing("tags", lambda own: own.assign(dimension=own["dimension"].where(own.index != place, other)))
    return Attack("tags: another dimension", change, ("tags", place), rows, seals={"tags"})


def attack_scores(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    attack = attack_numbers(
        target,
        rng,
        "scores",
        # One model of the score files has no answers.
        target.material.scores[target.material.scores["model"] != "gemini-flash-1.5"],
        ("mean", "centred_mean", "sd", "n")[kind % 4],
        kind // 4,
        lambda row, name: ("archive: score_results", f"{row['model']}: {name} of {row['family']} {row['dimension']}"),
        1e-9,
        (0, 3),
    )
    lost = target.made.tables["lost_items"]
    cells = {(f"{row['model']}:", row["dimension"]) for row in lost.to_dict("records")}
    if any((name.split(" ")[0], name.split(" ")[-1]) in cells for _, name in attack.rows):
        attack.may = whole("items lost in averaging", "archive: score_results")
    return attack
