"""Edits of raw data: ratings, profiles, pilots, topics, items, and what the answer files hold."""

from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pandas as pd
from attacking import OTHER_GROUPS, REPEATED, Attack, Row, Target, numeric_edits, replacing, whole
from instruments import VALUE_PORTRAIT
from scipy import stats
from value_portrait.paper.certifying.material import Material
from value_portrait.paper.certifying.records import read_records
from value_portrait.paper.certifying.stated import OF_TABLE_8, ORDER, VERSIONS
from value_portrait.responses.parsing import parse_published
from value_portrait.scores.ratings import NO_RATING


def by_scipy(target: Target, survey: pd.DataFrame, scores: pd.DataFrame) -> tuple[set[Row], bool]:
    """What must differ where ratings and scores (by participant, all of whom rated) give these correlations.

    And whether a tag comes or goes, with which all that is made of tags may change.
    """
    rows, moved = set(), False
    source = "archive: correlation_results"
    for item, own in survey.groupby("item_id", observed=True):
        found = stats.spearmanr(own["rating"], scores.loc[list(own["participant_id"])])
        both = zip(*(np.atleast_2d(own)[0, -scores.shape[1] :] for own in found), strict=True)
        for (family, dimension), new in zip(scores.columns, both, strict=True):
            names = [f"{name} of {item} with {family} {dimension}" for name in ("rho", "p")]
            rho, p = (target.rows[source, name] for name in names)
            for name, row, number in zip(names, (rho, p), new, strict=True):
                if not abs(number - row["published"]) <= 1e-12:
                    rows.add((source, name))
            tag = ("archive: Phase1_total", f"tag {item} {family} {dimension}")
            before = (rho["ours_with_causes"], p["ours_with_causes"])
            stated = target.rows.get(tag, {"published": np.nan})["published"]
            if (abs(new[0]) > 0.3 or not np.isnan(stated)) and not abs(new[0] - before[0]) <= 1e-12:
                rows.add(tag)
            moved |= len({(abs(own) > 0.3, own > 0.3 and limit < 0.05) for own, limit in (before, new)}) > 1
    return rows, moved


def raters_scores(target: Target, group: int) -> pd.DataFrame:
    """The scores of a group's raters as they were at that sitting, columns (family, dimension)."""
    m = target.material
    raters = m.survey.loc[m.survey["group"] == group, "participant_id"].unique().astype(str)
    own = m.participants[m.participants["participant_id"].isin(raters)].astype({"family": str, "dimension": str})
    scores = own.pivot(index="participant_id", columns=["family", "dimension"], values="score")
    if group == REPEATED[0]:
        for row in pd.read_csv(target.results / "certificate/second_profiles.csv").itertuples():
            scores.loc[row.participant_id, (row.family, row.dimension)] = (max(row.low, -99) + min(row.high, 99)) / 2
    return scores


def attack_ratings(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    m = target.material
    group = int(rng.choice(OTHER_GROUPS)) if kind % 6 else REPEATED[kind // 6 % 2]
    item = rng.choice(m.survey.loc[m.survey["group"] == group, "item_id"].unique())
    own = m.survey[m.survey["item_id"] == item]
    place = int(rng.choice(own.index))
    rating = own.at[place, "rating"]
    edit = ("another valid rating", "two ratings swapped", "a rating deleted")[kind % 3]
    if kind % 3 == 0:
        new = pd.Series({place: int(rng.choice([other for other in range(1, 7) if other != rating]))})
    elif kind % 3 == 1:
        other = int(rng.choice(own.index[own["rating"] != rating]))
        new = pd.Series({place: own.at[other, "rating"], other: rating})
    else:
        new = pd.Series({place: np.nan})

    def change(survey: pd.DataFrame) -> pd.DataFrame:
        ratings = survey["rating"].astype(float)
        ratings[new.index] = new
        return survey.assign(rating=ratings).dropna(subset="rating").astype({"rating": survey["rating"].dtype})

    rows, moved = by_scipy(target, change(own), raters_scores(target, group))
    if moved and kind:
        return attack_ratings(target, rng, kind)
    attack = Attack(f"survey: {edit} in group {group}", replacing("survey", change), ("group", group), rows)
    attack.seals = {"survey"}
    return of_group(target, attack, group, moved)


def of_group(target: Target, attack: Attack, group: int, moved: bool) -> Attack:
    """The attack on a group's correlations; with tags that come or go anything that is made of tags may change."""
    attack.groups = {group}
    if moved:
        attack.place = "alone"
        attack.may = whole(*{source for source, _ in target.rows}, *(own.name for own in target.made.findings))
    return attack


def attack_profiles(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    m = target.material
    group = int(rng.choice(OTHER_GROUPS))
    survey = m.survey[m.survey["group"] == group]
    family, dimension = VALUE_PORTRAIT.dimensions[rng.integers(len(VALUE_PORTRAIT.dimensions))]
    own = m.participants[m.participants["participant_id"].isin(survey["participant_id"].unique())]
    own = own[(own["family"] == family) & (own["dimension"] == dimension)].set_index("participant_id", append=True)
    # An empty score is refused where the table is read.
    edits = [edit for edit in numeric_edits(rng, own["score"].droplevel(1), -2, 5) if edit[0] != "emptied"]
    edit, new = edits[kind % len(edits)]
    scores = own["score"].droplevel(1)
    scores[new.index] = new
    changed = replacing(
        "participants", lambda table: table.assign(score=scores.reindex(table.index).fillna(table["score"]))
    )
    here = pd.DataFrame({(family, dimension): scores.to_numpy()}, index=own.index.get_level_values(1))
    rows, moved = by_scipy(target, survey, here)
    if moved:
        return attack_profiles(target, rng, kind)
    same = (scores.to_numpy() == own["score"].to_numpy()).all()
    attack = Attack(f"participants: {edit}", changed, ("group", group), rows, seals=set() if same else {"participants"})
    attack.silent = "same number" if same else ""
    attack.groups = {group}
    return attack


def attack_stored_profile(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    """The profile of the participant in two groups replaced by nonsense: neither sitting fits, so none is repaired."""
    m = target.material
    scores = pd.concat([raters_scores(target, group) for group in REPEATED])
    (who,) = scores.index[scores.index.duplicated()]
    nonsense = rng.uniform(-2, 5, scores.shape[1])
    scores = scores[~scores.index.duplicated()]
    scores.loc[who] = nonsense
    mine = m.participants["participant_id"] == who
    changed = m.participants.loc[mine].set_index(["family", "dimension"], append=True)["score"]
    new = pd.Series(nonsense, scores.columns).reindex(changed.index.droplevel(0)).to_numpy()
    new = pd.Series(new, changed.index.get_level_values(0))
    change = replacing("participants", lambda own: own.assign(score=new.reindex(own.index).fillna(own["score"])))
    # A few items of either sitting.
    items = m.survey[m.survey["group"].isin(REPEATED)].drop_duplicates("item_id")["item_id"].iloc[::8]
    rows, _ = by_scipy(target, m.survey[m.survey["item_id"].isin(items)], scores)
    attack = Attack("the stored profile", change, "alone", rows, seals={"participants"})
    return of_group(target, attack, REPEATED[1], True)


def attack_rest(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    """Pilots, topics, items, profiles of those who never rated, and whatever nobody reads in the archive's files."""
    m = target.material
    kind %= 8
    if kind == 7:
        place = int(rng.choice(m.sums.index))
        change = replacing("sums", lambda own: own.assign(sha256=own["sha256"].where(own.index != place, "0" * 64)))
        return Attack("sums: a file with another sum", change, ("sums", place), seals={"SHA256SUMS"})
    if kind < 2:
        place = int(rng.choice(m.pilot_survey.index))
        other = m.pilot_survey.at[place, "rating"] % 6 + 1
        changes = (
            lambda own: own.drop(index=place),
            lambda own: own.assign(rating=own["rating"].where(own.index != place, other)),
        )
        return Attack(
            "pilots: a rating", replacing("pilot_survey", changes[kind]), ("pilot", place), seals={"pilot_survey"}
        )
    if kind < 4:
        name = ("pilot_participants", "participants")[kind - 2]
        table = getattr(m, name)
        place = rng.choice(table.index[~table["participant_id"].isin(m.survey["participant_id"])])
        change = replacing(name, lambda own: own.assign(score=own["score"] + 1e-9 * (own.index == place)))
        return Attack(f"{name}: who never rated", change, (name, place), seals={name})
    if kind == 4:
        place = int(rng.choice(m.topics.index))
        query, old = m.topics.loc[place, ["query_id", "topic"]]
        new = rng.choice(sorted(set(m.topics["topic"]) - set(m.topics.loc[m.topics["query_id"] == query, "topic"])))
        change = replacing("topics", lambda own: own.assign(topic=own["topic"].where(own.index != place, new)))
        rows = {("Table 4", f"queries on {topic}, %") for topic in (old, new)}
        return Attack("topics: another valid one", change, ("topics", place), rows, seals={"topics"})
    column = ("source", ("text", "response")[int(rng.integers(2))])[kind - 5]
    place = int(rng.choice(m.item_table.drop_duplicates("query_id").index))
    old = m.item_table.at[place, column]
    new = rng.choice(sorted(set(m.item_table["source"]) - {old})) if kind == 5 else f"{old}."
    change = replacing(
        "item_table", lambda own: own.assign(**{column: own[column].astype(str).where(own.index != place, new)})
    )
    rows = {("Appendix D.1", f"manual_review: {name.replace(' ', '')}") for name in (old, new)} if kind == 5 else set()
    checks = set() if rows else {"texts of the items"}
    return Attack(f"items: {column}", change, ("items", kind), rows, checks, {"item_table"})


RECORD_EDITS = (
    *("words", "numeric_response", "parsed_response", "prompt", "content", "tags", "deleted"),
    *("two swapped", "same rating", "reasoning", "template", "item", "words"),
)
# What of a record then differs from what it must be, and which check says so.
RECORD_FIELDS = {
    "words": ["rating"],
    "numeric_response": ["parsed", "rating"],
    "parsed_response": ["parsed"],
    "prompt": ["prompt"],
    "content": ["texts"],
    "tags": ["tags"],
    "deleted": ["record"],
    "template": ["prompt"],
    "item": ["prompt", "texts"],
}
CHECK_OF = {
    "rating": "stated ratings",
    "parsed": "stated ratings",
    "prompt": "recorded prompts",
    "record": "recorded prompts",
    "texts": "texts beside answers",
    "tags": "tags beside answers",
}


def attack_answers(target: Target, rng: np.random.Generator, kind: int) -> Attack:
    """An edit of an answer file, or of what its prompts are made of; every other one at an item without a tag."""
    m, edit = target.material, RECORD_EDITS[kind % len(RECORD_EDITS)]
    tagged = bool(kind // len(RECORD_EDITS) % 2)
    version = int(rng.integers(len(VERSIONS)))
    row = int(rng.integers(len(m.by_published.subjects)))
    model = m.by_published.subjects[row][0]
    (path,) = (target.results / "study/archive/lm_evaluation/outputs").rglob(
        f"{model}_{VERSIONS[version]}_results.json"
    )
    records = orjson.loads(path.read_bytes())
    items = target.items
    templates = {(own["prompt_version"], own["template"]): own["text"] for own in m.prompts.to_dict("records")}
    before = {item_of(own): rated(own) for own in records}
    of_scores = set(target.key["item_id"])
    places = [
        place for place, own in enumerate(records) if "raw_response" in own and (item_of(own) in of_scores) == tagged
    ]
    place = int(rng.choice(places))
    record = records[place]
    which = f"an item {'with' if tagged else 'without'} tags"
    attack = Attack(f"answers: {edit} of {which}", lambda m: m, ("answers", model))
    fields, differing = RECORD_FIELDS.get(edit, []), [item_of(record)]
    attack.checks = {CHECK_OF[name] for name in fields}
    # A prompt is not sealed: each is rendered again.
    attack.seals = set() if edit in ("prompt", "template", "item") else {f"answers of {model}"}
    number = rated(record) or 0
    if edit == "words":
        record["raw_response"] = VALUE_PORTRAIT.options[number % 6]
    elif edit == "two swapped":
        # Whole answers, so that each is consistent in itself.
        other = records[next(own for own in places if rated(records[own]) != number)]
        for name in ("raw_response", "numeric_response", "parsed_response"):
            record[name], other[name] = other[name], record[name]
    elif edit == "same rating":
        record["raw_response"] = record["raw_response"].upper()
    elif edit == "reasoning":
        record["reasoning"] = "Because."
    elif edit == "numeric_response":
        record[edit] = number % 6 + 1
    elif edit == "parsed_response":
        record[edit] = VALUE_PORTRAIT.options[number % 6]
    elif edit == "prompt":
        where = int(rng.integers(len(record["prompt"])))
        record["prompt"] = record["prompt"][:where] + record["prompt"][where + 1 :]
    elif edit == "content":
        record["content"]["output_text"] += " "
    elif edit == "tags":
        record["correlations"] = [["Power", 0.5]]
    elif edit == "deleted":
        del records[place]
    elif edit == "template":
        name = (VERSIONS[version], items[0]["template"])
        templates[name] = templates[name].replace("\n\n", "\n", 1)
        differing = [own["item_id"] for own in items if own["template"] == name[1]]
    elif edit == "item":
        one = int(rng.integers(len(items)))
        items = [*items[:one], items[one] | {"response": "No."}, *items[one + 1 :]]
        differing = [items[one]["item_id"]]
    after = {item_of(own): rated(own) for own in records}
    moved = [item for item in after if after[item] != before[item]]
    if moved and tagged:
        attack.rows, attack.may = expect_scores(target, model, moved)
    attack.rows |= {("records", f"{model} {VERSIONS[version]} {item} {name}") for item in differing for name in fields}
    file = target.folder / "answers.json"
    file.write_bytes(orjson.dumps(records))
    new = read_records({model: [file]}, [VERSIONS[version]], items, templates, target.tags).to_pandas()

    def change(m: Material) -> Material:
        ratings = m.by_published.values.copy()
        for item in moved:
            ratings[row, version, m.by_published.items.index(item)] = after[item] or NO_RATING
        own = (m.records["model"] == model) & (m.records["prompt_version"] == VERSIONS[version])
        index = m.records.index[own & m.records["item_id"].isin(new["item_id"])]
        together = m.records.loc[~own | m.records.index.isin(index)].copy()
        for column in ("stated", "parsed", "prompt", "texts", "tags", "tagged", "digest"):
            together.loc[index, column] = new[column].to_numpy()
        return replace(m, records=together, by_published=replace(m.by_published, values=ratings))

    attack.change = change
    return attack


def item_of(record: dict[str, Any]) -> str:
    return f"{record['portrait_id']}-{record['option_id']}"


def rated(record: dict[str, Any]) -> int | None:
    return parse_published(record.get("raw_response"), VALUE_PORTRAIT)


def expect_scores(target: Target, model: str, items: list[str]) -> tuple[set[Row], set[Row]]:
    """The scores of a model that must differ once its ratings of some items do, and the rows that may."""
    key = target.key[target.key["item_id"].isin(items)]
    # Of two items that swap their ratings, the mean of what both measure stays.
    once = key.groupby(["family", "dimension"], observed=True).size().loc[lambda sizes: sizes == 1].index
    rows = {("archive: score_results", f"{model}: mean of {family} {dimension}") for family, dimension in once}
    own = {(source, f"{model}: ") for source in ("archive: score_results", "Table 8", "Table 9", ORDER)}
    more = ("Appendix F", "Abstract", OF_TABLE_8, "33 models of the archive", "open differences")
    return rows, own | whole(*more, "items lost in averaging")
