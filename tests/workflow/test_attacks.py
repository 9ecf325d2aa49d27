"""The certificate under attack: one thing is changed, and the certificate changes exactly where it must.

Two hundred changes of raw data, of the archive's own results and of printed tables, each with what must differ then:
by SciPy, by the digits, or by hand. What goes unnoticed is of a class below, with its reason.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from certifying import gather_material
from conftest import ROOT
from instruments import VALUE_PORTRAIT
from remembering import remember
from scipy import stats
from value_portrait.errors import InputError
from value_portrait.items.validation import correlate_items
from value_portrait.paper.certifying import (
    applying,
    causes,
    certificate,
    facts,
    in_archive,
    in_print,
    parsing,
    unscored,
)
from value_portrait.paper.certifying.describing import SOURCE_OF_TABLE
from value_portrait.paper.certifying.paper import KEPT_PAIR, OF_TABLE_8, ORDER, TAG, VERSIONS
from value_portrait.paper.certifying.printed import PRINTED, read_printed
from value_portrait.paper.certifying.published_tags import read_tagged_items
from value_portrait.paper.certifying.records import read_records
from value_portrait.paper.certifying.repeated_participants import explain_by_second_profiles, replace_correlations
from value_portrait.paper.certifying.rows import COMPARED
from value_portrait.paper.raw_files import PUBLISHED_TAGS
from value_portrait.responses.parsing import parse_published
from value_portrait.scores.ratings import NO_RATING

UNNOTICED = {
    "nothing to compare": "the archive holds neither answers nor people behind these printed numbers",
    "sign of a zero": "-0.00 and 0.00 are one number",
    "order of rows": "a table says the same in any order",
    "order within a claim": "the abstract names three values, not their ranks",
    "words": "what was tried for an open difference is told, not compared",
    "last bits": "numbers closer than binary arithmetic leaves them are one number",
    "same rating": "other words that the parser reads as the same rating; the archive states no more of an answer",
    "not read": "a field that no stage reads",
}

Row = tuple[str, str]


@dataclass
class Attack:
    """One change, and what must come of it.

    Attributes
    ----------
    make : gives the changed material, or raises ``InputError``.
    rows, checks : what must differ, and which findings must not hold: exactly these,
        but for rows of the sources ``may``, and findings of these names.
    refused : it must be refused. silent : the class of what nobody notices.
    """

    what: str
    make: Callable[[], Any]
    rows: set[Row] = field(default_factory=set)
    checks: set[str] = field(default_factory=set)
    may: set[str] = field(default_factory=set)
    refused: bool = False
    silent: str = ""


@dataclass
class Target:
    """What is attacked: the material, its certificate, and the rows by source and quantity."""

    material: Any
    made: Any
    rows: dict[Row, dict[str, Any]]
    results: Path
    folder: Path
    tags: dict[str, Any]
    key: pd.DataFrame
    tagged: set[str]

    def notice(self, attack: Attack) -> str:
        """What is wrong with the answer to an attack; nothing if it is the right one."""
        try:
            made = certificate.certify(attack.make(), [])
        except InputError:
            return "" if attack.refused else "refused"
        if attack.refused:
            return "not refused"
        found = set()
        for name, part in made.parts.items():
            if part is not self.made.parts[name]:
                own = dict(zip(zip(part["source"], part["quantity"], strict=True), part["status"], strict=True))
                found |= {row for row, status in own.items() if status == "differs"}
                known = self.made.parts[name]
                known = known.loc[known["status"].isin(COMPARED), ["source", "quantity"]]
                found |= {row for row in known.itertuples(index=False, name=None) if own.get(row) not in COMPARED}
        checks = {finding.name for finding in made.findings if not finding.holds}
        lacking = (attack.rows - found) | (attack.checks - checks)
        beyond = {row for row in found - attack.rows if row[0] not in attack.may} | (
            checks - attack.checks - attack.may
        )
        if attack.silent and (found or checks):
            beyond = found | checks
        if not attack.silent and not found and not checks:
            lacking = {"anything at all"}
        told = [
            f"{len(own)} {word}: {sorted(map(str, own))[:4]}"
            for word, own in (("missed", lacking), ("beyond", beyond))
            if own
        ]
        return "; ".join(told)


@pytest.fixture(scope="module")
def target(paper, tmp_path_factory) -> Iterator[Target]:
    material = gather_material(paper / "results")
    with pytest.MonkeyPatch.context() as patch:
        remember((in_archive, in_print, causes, facts, parsing, unscored), (applying, certificate), patch)
        made = certificate.certify(material, [])
        rows = {(row["source"], row["quantity"]): row for row in made.rows.to_dict("records")}
        results = paper / "results"
        key = applying.apply_causes(material).keys[KEPT_PAIR]
        yield Target(
            material,
            made,
            rows,
            results,
            tmp_path_factory.mktemp("attacks"),
            read_tagged_items(results / "study/archive" / PUBLISHED_TAGS)[1],
            key,
            set(key["item_id"]),
        )


def test_before_any_attack_nothing_differs(target):
    assert not any(row["status"] == "differs" for row in target.rows.values())
    assert all(finding.holds for finding in target.made.findings)


# ---- printed tables, as text


def quantity(name: str, labels: list[str], column: str) -> Row:
    """The certificate's row of a cell."""
    source = {**SOURCE_OF_TABLE, "query_funnel": "Appendix D.1", "counts": "Text"}.get(name, "")
    text = {
        "topics": f"queries on {labels[0]}, %",
        "reliability": f"alpha of {labels[0]}",
        "counts": labels[0],
        "cross_loading": f"{labels[0]} direction: {column}",
    }.get(name, ": ".join([*labels, column]))
    return source, text


def printed_edits(
    rng: np.random.Generator, header: list[str], rows: list[list[str]], n_labels: int, columns: list[int]
):
    """Every kind of edit of a printed table, at a random place: its name, and the rows as they are then."""
    row, other = rng.choice(len(rows), 2, replace=False)
    column = int(rng.choice(columns))
    text = rows[row][column]

    def with_cell(new: str) -> list[list[str]]:
        return [[new if (i, j) == (row, column) else cell for j, cell in enumerate(own)] for i, own in enumerate(rows)]

    another = next((own[column] for own in rng.permutation(rows).tolist() if own[column] != text), text)
    swapped = with_cell(rows[other][column])
    swapped[other][column] = text
    labels = [list(own) for own in rows]
    labels[row][:n_labels], labels[other][:n_labels] = rows[other][:n_labels], rows[row][:n_labels]
    reordered = [*rows[:row], rows[other], *rows[row + 1 :]]
    reordered[other] = rows[row]
    renamed = [list(own) for own in rows]
    renamed[row][n_labels - 1] += "x"
    yield "another valid value", header, with_cell(another)
    yield "two cells swapped", header, swapped
    yield "two labels swapped", header, labels
    yield "rows in another order", header, reordered
    yield "a row deleted", header, rows[:row] + rows[row + 1 :]
    yield "a row twice", header, [*rows, rows[row]]
    yield "a cell emptied", header, with_cell("")
    yield "a column deleted", header[:column] + header[column + 1 :], [own[:column] + own[column + 1 :] for own in rows]
    yield "a label misspelt", header, renamed
    if text.replace(".", "").replace("-", "").isdigit():
        yield "last digit", header, with_cell(text[:-1] + str((int(text[-1]) + 1) % 10))
        yield "sign", header, with_cell(text.removeprefix("-") if text.startswith("-") else f"-{text}")
        yield "a digit dropped", header, with_cell(text[:-1])
        yield "a digit added", header, with_cell(text + "0")
        yield "first digit", header, with_cell(("-" if text[0] == "-" else "") + "7" + text.lstrip("-")[1:])


def attack_print(target: Target, rng: np.random.Generator, name: str, kind: int) -> Attack:
    """An edit of the printed table ``name``."""
    shape = PRINTED[name]
    lines = (ROOT / shape.file).read_text(encoding="utf-8").splitlines()
    header, *rows = csv.reader(lines[1:])
    n_labels, stated = len(shape.labels), list(shape.digits)
    columns = list(range(n_labels, len(header)))
    edits = list(printed_edits(rng, header, rows, n_labels, columns))
    edit, new_header, new_rows = edits[kind % len(edits)]
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([new_header, *new_rows])
    path = target.folder / f"{name}.csv"
    path.write_text(f"{lines[0]}\n{file.getvalue()}", encoding="utf-8")

    def make() -> Any:
        printed = {**target.material.printed, name: read_printed(name, path)}
        return replace(target.material, printed=printed)

    attack = Attack(f"{name}: {edit}", make)
    before, after = (
        {
            tuple(own[:n_labels]): dict(zip(stated, own[n_labels:], strict=True))
            for own in table
            if len(own) == len(header)
        }
        for table in (rows, new_rows)
    )
    labels_fixed = not isinstance(shape.rows, int) and [own[0] for own in new_rows] != [own[0] for own in rows]
    empty = sum(cell == "" for own in new_rows for cell in own)
    digits = any(
        len(cell.partition(".")[2]) != own or cell.endswith(".") or cell in ("", "-")
        for table in after.values()
        for own, cell in zip(shape.digits.values(), table.values(), strict=True)
        if own is not None and cell
    )
    attack.refused = (
        new_header != header or len(new_rows) != len(rows) or empty != shape.empty or labels_fixed or digits
    )
    if attack.refused:
        return attack
    if before == after:
        attack.silent = "order of rows"
        return attack
    expect_print(target, name, before, after, attack)
    return attack


def expect_print(target: Target, name: str, before: dict, after: dict, attack: Attack) -> None:
    """What must come of cells of a printed table that are others now."""
    if name == "open_differences":
        for labels in before:
            changed = {column for column, text in before[labels].items() if after.get(labels, {}).get(column) != text}
            if changed - {"tried"}:
                attack.rows.add(labels)
                attack.checks.add("open differences")
        attack.silent = "" if attack.rows else "words"
        return
    if name == "fingerprints":
        attack.checks.add("raw tables")
        return
    if name == "claims":
        sets = [{labels: set(own.values()) for labels, own in table.items()} for table in (before, after)]
        attack.rows = {
            ("Abstract", f"three {end} values, mean of the models")
            for (end,) in before
            if sets[0][end,] != sets[1][end,]
        }
        attack.may = {"33 models of the archive", "Abstract"}
        attack.silent = "" if attack.rows else "order within a claim"
        return
    zeros = compared = False
    for labels in before.keys() | after.keys():
        for column in PRINTED[name].digits:
            old, new = (table.get(labels, {}).get(column) for table in (before, after))
            row = quantity(name, list(labels), column)
            known = target.rows.get(row)
            if old == new or (known is None and old is not None):
                continue
            if old is not None and known["status"] not in COMPARED:
                continue
            compared = True
            if new is None or old is None:
                # A label that is none: the old row is gone, and the new one has nothing to stand on.
                if row[0]:
                    attack.rows.add(row)
                continue
            if new == "" or old == "":
                attack.rows.add(row)
                continue
            half = 0.5 * 10.0 ** -len(new.partition(".")[2]) if "." in new else 0
            if abs(float(new) - float(known["ours_with_causes"])) > half + 1e-9:
                attack.rows.add(row)
            zeros |= float(new) == float(old) == 0
    if name == "counts" and before.keys() != after.keys():
        attack.rows, attack.refused = set(), True
    if name == "value_scores":
        expect_orders(target, before, after, attack)
        if before.keys() != after.keys():
            # Another set of models: what is said of the models of Table 8 has nothing to stand on, or changes.
            attack.may |= {"Appendix F", "Abstract", OF_TABLE_8, "33 models of the archive", "open differences"}
    if name == "reliability":
        attack.may |= {OF_TABLE_8, "Appendix F", "open differences"}
    if name == "counts":
        attack.may |= {"cut to whole raters", "open differences"}
    if not attack.rows and not attack.refused:
        attack.silent = "sign of a zero" if zeros else "nothing to compare" if not compared else ""


def expect_orders(target: Target, before: dict, after: dict, attack: Attack) -> None:
    """The rows of the three highest and lowest values of each model whose printed numbers changed."""
    for labels, own in after.items():
        if before.get(labels) == own:
            continue
        numbers = {value: float(text) for value, text in own.items()}
        for end, sign in (("highest", 1), ("lowest", -1)):
            row = (ORDER, f"{labels[0]}: three {end} values")
            if row not in target.rows:
                continue
            third = sorted(sign * number for number in numbers.values())[-3]
            surely = {value for value, number in numbers.items() if sign * number > third}
            possibly = {value for value, number in numbers.items() if sign * number >= third}
            if not surely <= set(target.rows[row]["ours_with_causes"].split(", ")) <= possibly:
                attack.rows.add(row)
    for labels in before.keys() - after.keys():
        attack.rows |= {(ORDER, f"{labels[0]}: three {end} values") for end in ("highest", "lowest")}


# ---- the archive's own results, as tables


def numeric_edits(
    rng: np.random.Generator, values: np.ndarray, low: float, high: float
) -> Iterator[tuple[str, np.ndarray]]:
    """Edits of one of some numbers (N,), or of two of them."""
    place, other = rng.choice(len(values), 2, replace=False)

    def with_value(new: float) -> np.ndarray:
        changed = values.copy()
        changed[place] = new
        return changed

    swapped = with_value(values[other])
    swapped[other] = values[place]
    yield "last digit", with_value(values[place] + 1e-9)
    yield "last bits", with_value(np.nextafter(values[place], 9))
    yield "sign", with_value(-values[place])
    yield "rounded", with_value(round(values[place], 3))
    yield "two swapped", swapped
    yield "another valid value", with_value(rng.uniform(low, high))
    yield "emptied", with_value(np.nan)


def attack_numbers(
    rng: np.random.Generator,
    what: str,
    table: pd.DataFrame,
    column: str,
    kind: int,
    make: Callable[[pd.DataFrame], Any],
    name: Callable[[pd.Series], Row],
    tolerance: float,
    span: tuple[float, float] = (-1, 1),
) -> Attack:
    """An edit of a column of a table of the archive's results, or of its rows."""
    edits = list(numeric_edits(rng, table[column].to_numpy(float), *span))
    kind %= len(edits) + 1
    if kind == len(edits):
        place = rng.integers(len(table))
        left = table.drop(table.index[place])
        gone = {
            name(table.iloc[place], column) for column in table.columns if pd.api.types.is_numeric_dtype(table[column])
        }
        return Attack(f"{what}: a row deleted", lambda: make(left), {row for row in gone if row[1]})
    edit, values = edits[kind]
    gap = np.abs(values - table[column].to_numpy(float))
    (moved,) = np.nonzero(~(gap <= tolerance))
    rows = {name(table.iloc[place], column) for place in moved}
    return Attack(
        f"{what} {column}: {edit}",
        lambda: make(table.assign(**{column: values})),
        rows,
        silent="" if rows else "last bits",
    )


def attack_correlations(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    m = target.material
    # The sittings of the participant in two groups are sought again where their published numbers change.
    table = m.published

    def make(published: pd.DataFrame) -> Any:
        changed = table.merge(published, how="outer", indicator=True).query("_merge != 'both'")["item_id"]
        groups = m.survey.loc[m.survey["item_id"].isin(changed), "group"].unique()
        if not set(groups) & {1, 6}:
            return replace(m, published=published)
        return replace(m, published=published, explained=explained_again(m, m.survey, m.participants, published))

    return attack_numbers(
        rng,
        "correlation_results",
        table,
        ("rho", "p")[kind % 2],
        kind // 2,
        make,
        lambda row, column: (
            "archive: correlation_results",
            f"{column} of {row['item_id']} with {row['family']} {row['dimension']}" if column in ("rho", "p") else "",
        ),
        1e-12,
    )


def attack_tags(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    m = target.material
    names = ["tag {} {} {}".format(*tag) for tag in m.tags[TAG].itertuples(index=False)]
    if kind % 9 == 8:
        place = int(rng.integers(len(m.tags)))
        taken = set(names)
        own = m.tags.iloc[place]
        other = next(
            name
            for _, name in VALUE_PORTRAIT.dimensions
            if f"tag {own['item_id']} {own['family']} {name}" not in taken
            and (own["family"], name) in VALUE_PORTRAIT.dimensions
        )
        moved = m.tags.assign(dimension=m.tags["dimension"].where(m.tags.index != m.tags.index[place], other))
        rows = {
            ("archive: Phase1_total", name) for name in (names[place], f"tag {own['item_id']} {own['family']} {other}")
        }
        return Attack("Phase1_total: another dimension", lambda: replace(m, tags=moved), rows)
    return attack_numbers(
        rng,
        "Phase1_total",
        m.tags,
        "rho",
        kind,
        lambda tags: replace(m, tags=tags),
        lambda row, column: ("archive: Phase1_total", f"tag {row['item_id']} {row['family']} {row['dimension']}"),
        1e-12,
    )


def attack_scores(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    m = target.material
    scored = m.scores[m.scores["model"] != "gemini-flash-1.5"]
    column = ("mean", "centred_mean", "sd", "n")[kind % 4]
    rest = m.scores[m.scores["model"] == "gemini-flash-1.5"]
    attack = attack_numbers(
        rng,
        "score_results",
        scored,
        column,
        kind // 4,
        lambda scores: replace(m, scores=pd.concat([scores, rest])),
        lambda row, column: (
            "archive: score_results",
            f"{row['model']}: {column} of {row['family']} {row['dimension']}",
        ),
        1e-9,
        (0, 3),
    )
    lost = target.made.tables["lost_items"]
    cells = {(own["model"], own["dimension"]) for own in lost.to_dict("records")}
    if any((row[1].split(": ")[0], row[1].split(" ")[-1]) in cells for row in attack.rows):
        attack.may = {"items lost in averaging", "archive: score_results"}
    return attack


# ---- raw data


def explained_again(m: Any, survey: pd.DataFrame, participants: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """The correlations with all causes, sought again in the groups of participants in two groups."""
    own = survey[survey["group"].isin(REPEATED)]
    theirs = published[published["item_id"].isin(own["item_id"])]
    found = explain_by_second_profiles(own, participants, correlate_items(own, participants), theirs)
    return replace_correlations(m.explained, found.correlations)


# The groups of the participant in two groups.
REPEATED = (1, 6)


def correlated(m: Any, survey: pd.DataFrame, participants: pd.DataFrame, group: int) -> Any:
    """The material with another survey or other people in a group."""
    own = survey[survey["group"] == group]
    people = participants[participants["participant_id"].isin(own["participant_id"])]
    new = correlate_items(own, people)
    explained = replace_correlations(m.explained, new)
    if group in REPEATED:
        explained = explained_again(m, survey, participants, m.published)
    recomputed = replace_correlations(m.recomputed, new)
    return replace(m, survey=survey, participants=participants, recomputed=recomputed, explained=explained)


def by_scipy(target: Target, survey: pd.DataFrame, scores: pd.DataFrame) -> tuple[set[Row], bool]:
    """What must differ where ratings and scores (by participant, all of whom rated) give these correlations.

    And whether a tag comes or goes, with which all that is made of tags may change.
    """
    rows, moved = set(), False
    for item, own in survey.groupby("item_id", observed=True):
        for (family, dimension), values in scores.items():
            new = stats.spearmanr(own["rating"], values.loc[list(own["participant_id"])])
            stated = {
                name: target.rows[("archive: correlation_results", f"{name} of {item} with {family} {dimension}")]
                for name in ("rho", "p")
            }
            for name, number in (("rho", new.statistic), ("p", new.pvalue)):
                if not abs(number - stated[name]["published"]) <= 1e-12:
                    rows.add(("archive: correlation_results", stated[name]["quantity"]))
            tag = ("archive: Phase1_total", f"tag {item} {family} {dimension}")
            old = stated["rho"]["ours_with_causes"]
            if (abs(new.statistic) > 0.3 or tag in target.rows) and not abs(new.statistic - old) <= 1e-12:
                rows.add(tag)
            both = ((new.statistic, new.pvalue), (old, stated["p"]["ours_with_causes"]))
            moved |= len({(abs(rho) > 0.3, rho > 0.3 and p < 0.05) for rho, p in both}) > 1
    return rows, moved


def raters_scores(target: Target, group: int) -> pd.DataFrame:
    """The scores of a group's raters as they were at that sitting, columns (family, dimension)."""
    m = target.material
    scores = m.participants.astype({"family": str, "dimension": str}).pivot(
        index="participant_id", columns=["family", "dimension"], values="score"
    )
    if group == REPEATED[0]:
        found = pd.read_csv(target.results / "certificate/second_profiles.csv")
        for row in found.itertuples():
            low, high = max(row.low, -99), min(row.high, 99)
            scores.loc[row.participant_id, (row.family, row.dimension)] = (low + high) / 2
    return scores.loc[m.survey.loc[m.survey["group"] == group, "participant_id"].unique().astype(str)]


def attack_ratings(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    m = target.material
    # Most in groups that no search follows.
    group = int(rng.choice([2, 3, 4, 5, 7, 8, 9, 10, 11, 12])) if kind % 6 else REPEATED[kind // 6 % 2]
    item = rng.choice(m.survey.loc[m.survey["group"] == group, "item_id"].unique())
    own = m.survey[m.survey["item_id"] == item]
    place = int(rng.choice(own.index))
    edit = ("another valid rating", "two ratings swapped", "a rating deleted")[kind % 3]
    survey = m.survey.copy()
    if kind % 3 == 0:
        survey.loc[place, "rating"] = rng.choice(
            [rating for rating in range(1, 7) if rating != own.at[place, "rating"]]
        )
    elif kind % 3 == 1:
        other = int(rng.choice(own.index[own["rating"] != own.at[place, "rating"]]))
        survey.loc[[place, other], "rating"] = own.loc[[other, place], "rating"].to_numpy()
    else:
        survey = survey.drop(index=place)
    rows, moved = by_scipy(target, survey[survey["item_id"] == item], raters_scores(target, group))
    attack = Attack(
        f"survey: {edit} in group {group}", lambda: correlated(m, survey, m.participants, group), rows, {"raw tables"}
    )
    return may_all(target, attack) if moved else attack


def may_all(target: Target, attack: Attack) -> Attack:
    """The attack, with which anything that is made of tags may change."""
    attack.may = {source for source, _ in target.rows} | {finding.name for finding in target.made.findings}
    return attack


def attack_profiles(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    m = target.material
    group = int(rng.choice([2, 3, 4, 5, 7, 8, 9, 10, 11, 12]))
    survey = m.survey[m.survey["group"] == group]
    family, dimension = VALUE_PORTRAIT.dimensions[rng.integers(len(VALUE_PORTRAIT.dimensions))]
    here = m.participants["participant_id"].isin(survey["participant_id"].unique())
    own = m.participants[here & (m.participants["family"] == family) & (m.participants["dimension"] == dimension)]
    # An empty score is refused where the table is read.
    edits = list(numeric_edits(rng, own["score"].to_numpy(), -2, 5))[:-1]
    edit, values = edits[kind % len(edits)]
    participants = m.participants.copy()
    participants.loc[own.index, "score"] = values
    scores = pd.DataFrame({(family, dimension): values}, index=list(own["participant_id"]))
    rows, moved = by_scipy(target, survey, scores)
    checks = {"raw tables"} if (values != own["score"].to_numpy()).any() else set()
    attack = Attack(f"profiles: {edit}", lambda: correlated(m, m.survey, participants, group), rows, checks)
    attack.silent = "" if checks else "last bits"
    return may_all(target, attack) if moved else attack


def attack_rest(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    """Pilots, topics, items, and profiles of those who never rated."""
    m = target.material
    kind %= 7
    if kind < 2:
        table = m.pilot_survey.copy()
        place = int(rng.integers(len(table)))
        if kind:
            table = table.drop(index=place)
        else:
            table.loc[place, "rating"] = table.at[place, "rating"] % 6 + 1
        return Attack("pilots: a rating", lambda: replace(m, pilot_survey=table), checks={"raw tables"})
    if kind < 4:
        name = ("pilot_participants", "participants")[kind - 2]
        table = getattr(m, name).copy()
        unrated = table.index[~table["participant_id"].isin(m.survey["participant_id"])]
        table.loc[rng.choice(unrated), "score"] += 1e-9
        return Attack(f"{name}: who never rated", lambda: replace(m, **{name: table}), checks={"raw tables"})
    if kind == 4:
        place = int(rng.integers(len(m.topics)))
        query, old = m.topics.loc[place, ["query_id", "topic"]]
        others = set(m.topics["topic"]) - set(m.topics.loc[m.topics["query_id"] == query, "topic"])
        new = rng.choice(sorted(others))
        topics = m.topics.assign(topic=m.topics["topic"].where(m.topics.index != place, new))
        rows = {("Table 4", f"queries on {topic}, %") for topic in (old, new)}
        return Attack("topics: another valid one", lambda: replace(m, topics=topics), rows, {"raw tables"})
    items = m.item_table.copy()
    if kind == 5:
        first = items.drop_duplicates("query_id")
        place = int(rng.choice(first.index))
        old = items.at[place, "source"]
        new = rng.choice(sorted(set(items["source"]) - {old}))
        items["source"] = items["source"].astype(str).where(items.index != place, new)
        rows = {("Appendix D.1", f"manual_review: {name.replace(' ', '')}") for name in (old, new)}
        return Attack("items: another source", lambda: replace(m, item_table=items), rows)
    column = ("text", "response")[int(rng.integers(2))]
    place = int(rng.integers(len(items)))
    items.loc[place, column] += "."
    return Attack(f"items: {column}", lambda: replace(m, item_table=items), checks={"texts of the items"})


RECORD_EDITS = (
    *("words", "words", "numeric_response", "parsed_response", "prompt", "content", "tags"),
    *("deleted", "two swapped", "same rating", "reasoning", "template", "item"),
)


def attack_answers(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    """An edit of an answer file, or of what its prompts are made of."""
    m, edit = target.material, RECORD_EDITS[kind % len(RECORD_EDITS)]
    ratings = m.by_published
    models = [model for model, _ in ratings.subjects]
    version = VERSIONS[int(rng.integers(len(VERSIONS)))]
    row = int(rng.integers(len(models)))
    (path,) = (target.results / "study/archive/lm_evaluation/outputs").rglob(f"{models[row]}_{version}_results.json")
    records = json.loads(path.read_text(encoding="utf-8"))
    items = m.item_table.astype(object).where(m.item_table.notna(), None).to_dict("records")
    templates = {(own["prompt_version"], own["template"]): own["text"] for own in m.prompts.to_dict("records")}
    answered = [place for place, record in enumerate(records) if "raw_response" in record]
    # Every other one to an item without a tag, of which no score is made.
    tagged = set(target.tagged)
    wanted = kind // len(RECORD_EDITS) % 2
    places = [place for place in answered if (item_of(records[place]) in tagged) == bool(wanted)]
    place, other = rng.choice(places, 2, replace=False)
    record = records[place]
    attack = Attack(f"answers: {edit} of an item {'with' if wanted else 'without'} tags", lambda: None)
    before = {item_of(own): rated(own) for own in records}
    if edit == "words":
        said = [text for number, text in enumerate(VALUE_PORTRAIT.options, 1) if number != rated(record)]
        record["raw_response"] = str(rng.choice(said))
        attack.checks = {"stated ratings"}
    elif edit == "two swapped":
        other = next(own for own in places if rated(records[own]) != rated(record))
        for name in ("raw_response", "numeric_response", "parsed_response"):
            record[name], records[other][name] = records[other][name], record[name]
        # Both are consistent in themselves: the scores alone tell.
        attack.silent = "" if wanted else "swapped"
    elif edit == "same rating":
        record["raw_response"] = record["raw_response"].upper()
        attack.silent = "same rating"
    elif edit == "reasoning":
        record["reasoning"] = "Because."
        attack.silent = "not read"
    elif edit in ("numeric_response", "parsed_response"):
        number = record["numeric_response"] % 6 + 1
        record[edit] = number if edit == "numeric_response" else VALUE_PORTRAIT.options[number - 1]
        attack.checks = {"stated ratings"}
    elif edit == "prompt":
        where = int(rng.integers(len(record["prompt"])))
        record["prompt"] = record["prompt"][:where] + record["prompt"][where + 1 :]
        attack.checks = {"recorded prompts"}
    elif edit == "content":
        record["content"]["output_text"] += " "
        attack.checks = {"texts beside answers"}
    elif edit == "tags":
        record["correlations"] = [["Power", 0.5]]
        attack.checks = {"tags beside answers"}
    elif edit == "deleted":
        del records[place]
        attack.checks = {"recorded prompts"}
    elif edit == "template":
        name = (version, items[0]["template"])
        templates[name] = templates[name].replace("\n\n", "\n", 1)
        attack.checks = {"recorded prompts"}
    elif edit == "item":
        items[int(rng.integers(len(items)))]["response"] += "."
        attack.checks = {"recorded prompts", "texts beside answers"}
    changed = {item_of(own): rated(own) for own in records}
    if moved := [item for item in changed if changed[item] != before[item]]:
        values = ratings.values.copy()
        for item in moved:
            values[row, VERSIONS.index(version), ratings.items.index(item)] = changed[item] or NO_RATING
        ratings = replace(ratings, values=values)
        attack.rows, attack.may = expect_scores(target, models[row], moved)
    file = target.folder / "answers.json"
    file.write_text(json.dumps(records), encoding="utf-8")
    new = read_records({models[row]: [file]}, [version], items, templates, target.tags).to_pandas()
    own = (m.records["model"] == models[row]) & (m.records["prompt_version"] == version)
    together = pd.concat(
        [
            m.records[~own].astype({"model": str, "prompt_version": str, "item_id": str}),
            new.astype({"model": str, "prompt_version": str, "item_id": str}),
        ],
        ignore_index=True,
    )
    attack.make = lambda: replace(m, records=together, by_published=ratings)
    return attack


def item_of(record: dict[str, Any]) -> str:
    return f"{record['portrait_id']}-{record['option_id']}"


def rated(record: dict[str, Any]) -> int | None:
    return parse_published(record.get("raw_response"), VALUE_PORTRAIT)


def expect_scores(target: Target, model: str, items: list[str]) -> tuple[set[Row], set[str]]:
    """The scores of a model that must differ once its ratings of some items do, and the sources that may."""
    key = target.key[target.key["item_id"].isin(items)]
    rows = set()
    for (family, dimension), own in key.groupby(["family", "dimension"], observed=True):
        # Of two items that swap their ratings, the mean of what measures both stays.
        if len(own) < 2:
            rows.add(("archive: score_results", f"{model}: mean of {family} {dimension}"))
    may = {"archive: score_results", "Table 8", "Table 9", ORDER, "Appendix F", "Abstract", OF_TABLE_8}
    return rows, may | {"33 models of the archive", "open differences", "items lost in averaging"} if len(
        key
    ) else set()


# ---- two hundred of them

ATTACKS = {
    **{f"print {name}": (7 if name in ("value_scores", "trait_scores") else 5, attack_print) for name in PRINTED},
    "correlations": (14, attack_correlations),
    "tags": (14, attack_tags),
    "scores": (24, attack_scores),
    "ratings": (12, attack_ratings),
    "profiles": (12, attack_profiles),
    "rest": (14, attack_rest),
    "answers": (26, attack_answers),
}


def attacks(target: Target) -> Iterator[Attack]:
    """All attacks, each by a random generator of its own."""
    for seed, (what, (number, make)) in enumerate(ATTACKS.items()):
        for kind in range(number):
            rng = np.random.default_rng([seed, kind])
            # Tables take their turn at kinds of edits that others leave.
            yield (
                make(target, rng, what.removeprefix("print "), kind + 5 * seed)
                if make is attack_print
                else make(target, rng, kind)
            )


def test_two_hundred_changes_are_noticed_exactly_where_they_must_be(target):
    wrong, told = [], Counter()
    for attack in attacks(target):
        told["refused" if attack.refused else attack.silent or "noticed"] += 1
        if problem := target.notice(attack):
            wrong.append(f"{attack.what}: {problem}")
    assert told.total() >= 200, told
    assert not wrong, "\n".join(wrong)
    assert set(told) - {"refused", "noticed"} <= set(UNNOTICED), told
