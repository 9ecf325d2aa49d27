"""A study of one's own: a folder of tables, each read once and strictly."""

from collections.abc import Mapping, Sequence
from math import fsum
from pathlib import Path
from typing import Any

import pyarrow as pa

from value_portrait.errors import InputError
from value_portrait.instrument import Instrument
from value_portrait.study.spreadsheet import Row, read_spreadsheet

# A correlation's interval needs four pairs.
FEWEST_RATERS = 4
MOST_GROUPS = 100_000
# Answers to the raters' questionnaires, before they are scored.
ANSWER_LIMIT = 1_000_000.0


def find_tables(folder: str | Path, rated: bool) -> list[str]:
    """The paths of the tables that a study has, but for prompts and answers.

    Raises
    ------
    InputError : the folder or a table is missing.
    """
    if not Path(folder).is_dir():
        raise InputError(folder, "is no folder.", "Correct the key study_folder of the config.")
    needed = ["items.csv", *(["survey.csv", "participants.csv"] if rated else ["item_key.csv"])]
    for name in needed:
        if not Path(folder, name).is_file():
            raters = " Where nobody rated the items, set items.correlations to given, and write item_key.csv."
            raise InputError(Path(folder, name), "is missing.", f"Add it.{raters if rated else ''}")
    optional = ["topics.csv", *(["scoring.csv"] if rated else [])]
    return [str(Path(folder, name)) for name in (*needed, *optional) if name in needed or Path(folder, name).exists()]


def read_items(path: str | Path, instrument: Instrument) -> pa.Table:
    """The items (table ``items``), in the order of the file's rows.

    Raises
    ------
    InputError : with the row, for an id that is bad or given twice, an unknown template, or an empty cell that the
        item's template needs.
    """
    fields_of = dict(instrument.templates)
    only = next(iter(fields_of)) if len(fields_of) == 1 else None
    required = ["item_id", "response", *([] if only else ["template"])]
    optional = ["query_id", "text", "title", *(["template"] if only else []), "source"]
    rows: list[dict[str, Any]] = []
    row_of: dict[str, str] = {}
    responses_to: dict[str, int] = {}
    for row in read_spreadsheet(path, required, optional):
        item = row.name("item_id")
        _once(row_of, item, row, f"the item_id {item}")
        query = row.name("query_id") if row.cells.get("query_id") else item
        template = row.one_of("template", list(fields_of)) if row.cells.get("template") or not only else only
        row.text("response")
        for field in fields_of[template]:
            if field != "content" and not row.cells.get(field, "").strip():
                raise InputError(row.where, f"has no {field}.", f"The template {template} shows it: fill in the cell.")
        responses_to[query] = responses_to.get(query, 0) + 1
        rows.append(
            {
                "item_id": item,
                "query_id": query,
                "response_id": responses_to[query],
                "source": row.cells.get("source") or "own",
                "template": template,
                "title": row.cells.get("title") or None,
                "text": row.cells.get("text", ""),
                "response": row.cells["response"],
            }
        )
    return pa.Table.from_pylist(rows)


def read_topics(path: str | Path, queries: Sequence[str]) -> pa.Table:
    """The topics of queries (table ``topics``); ``queries`` are those of the items."""
    known, row_of = dict.fromkeys(queries), dict[tuple[str, str], str]()
    for row in read_spreadsheet(path, ["query_id", "topic"]):
        pair = (_known(row, "query_id", known, "query of items.csv"), row.name("topic"))
        _once(row_of, pair, row, f"the topic {pair[1]} of query {pair[0]}")
    return pa.table(dict(zip(("query_id", "topic"), zip(*row_of, strict=True), strict=True)))


def read_participants(path: str | Path, scoring: str | Path | None, instrument: Instrument) -> pa.Table:
    """The raters' scores (table ``participants``), in the order of rows and of the instrument's dimensions.

    A dimension that is made of others and has no score of its own is the mean of its parts.

    Parameters
    ----------
    path : ``participant_id`` and a column for each dimension, or for each question of ``scoring``.
    scoring : the questions' key (``read_scoring``), or None.

    Raises
    ------
    InputError : with the row, for a participant given twice, or a score or answer that is missing or off its range.
    """
    low, high = instrument.score_range
    own = [one.name for family in instrument.families for one in family.dimensions if not one.made_of]
    made = {one.name: one.made_of for family in instrument.families for one in family.dimensions if one.made_of}
    questions = read_scoring(scoring, own, list(made)) if scoring else {}
    columns = list(questions) or own
    row_of: dict[str, str] = {}
    rows: list[tuple[str, str, str, float]] = []
    for row in read_spreadsheet(path, ["participant_id", *columns], [] if questions else list(made)):
        participant = row.name("participant_id")
        _once(row_of, participant, row, f"the participant_id {participant}")
        if questions:
            scores = _score(row, questions)
        else:
            scores = {name: row.number(name, low, high) for name in row.cells if name != "participant_id"}
        for name, parts in made.items():
            scores.setdefault(name, fsum(scores[part] for part in parts) / len(parts))
        for family, name in instrument.dimensions:
            if not low <= scores[name] <= high:
                raise InputError(
                    row.where,
                    f"the answers make the score {scores[name]:g} of {name}, outside {low:g} to {high:g}.",
                    "Correct the scale in scoring.csv, or score_range of the instrument.",
                )
            rows.append((participant, family, name, scores[name]))
    participants, families, dimensions, scores_ = zip(*rows, strict=True)
    return pa.table(
        {
            "sample": ["main"] * len(rows),
            "participant_id": participants,
            "family": families,
            "dimension": dimensions,
            "score": scores_,
        }
    )


def read_scoring(
    path: str | Path, own: Sequence[str], made: Sequence[str]
) -> dict[str, tuple[str, bool, float, float]]:
    """Dimension, whether it is reversed, lowest and highest answer of every question of the raters' questionnaire.

    Every dimension of ``own`` needs a question; those of ``made`` may have some.
    """
    questions: dict[str, tuple[str, bool, float, float]] = {}
    row_of: dict[str, str] = {}
    for row in read_spreadsheet(path, ["question", "dimension", "reversed", "lowest", "highest"]):
        question = row.name("question")
        _once(row_of, question, row, f"the question {question}")
        lowest, highest = (row.number(end, -ANSWER_LIMIT, ANSWER_LIMIT) for end in ("lowest", "highest"))
        if lowest >= highest:
            raise InputError(row.where, "the lowest answer is not below the highest.", "Correct the scale.")
        reverse = row.one_of("reversed", ["yes", "no"]) == "yes"
        questions[question] = (row.one_of("dimension", [*own, *made]), reverse, lowest, highest)
    if "participant_id" in questions:
        raise InputError(row_of["participant_id"], "the question has the name of a column.", "Rename it.")
    if bare := [name for name in own if name not in {about[0] for about in questions.values()}]:
        raise InputError(path, f"has no question for {bare[0]}.", "Add one, or give scores instead of answers.")
    return questions


def read_survey(path: str | Path, items: Sequence[str], raters: Sequence[str], instrument: Instrument) -> pa.Table:
    """The ratings (table ``survey``), in the order of the file's rows.

    Parameters
    ----------
    items : the items, each of which must have ratings, in one group.
    raters : those with a profile.

    Raises
    ------
    InputError : with the row, for a rating off the scale, an unknown item or rater, or a rating given twice; with the
        item, where it lies in two groups or has too few ratings to correlate.
    """
    columns: dict[str, list[Any]] = {"group": [], "item_id": [], "participant_id": [], "rating": []}
    group_of: dict[str, int] = {}
    row_of: dict[tuple[str, str], str] = {}
    known_items, known_raters = dict.fromkeys(items), dict.fromkeys(raters)
    for row in read_spreadsheet(path, ["item_id", "participant_id", "rating"], ["group"]):
        item = _known(row, "item_id", known_items, "item of items.csv")
        rater = _known(row, "participant_id", known_raters, "participant of participants.csv")
        group = row.whole("group", 1, MOST_GROUPS) if "group" in row.cells else 1
        if group_of.setdefault(item, group) != group:
            raise InputError(row.where, f"the item {item} is in group {group_of[item]}, too.", "Keep it in one group.")
        _once(row_of, (item, rater), row, f"the rating of {item} by {rater}")
        for name, value in zip(
            columns, (group, item, rater, row.whole("rating", instrument.lowest, instrument.highest)), strict=True
        ):
            columns[name].append(value)
    ratings_of = dict.fromkeys(items, 0)
    for item in columns["item_id"]:
        ratings_of[item] += 1
    for item, ratings in ratings_of.items():
        if ratings < FEWEST_RATERS:
            raise InputError(
                path,
                f"the item {item} has {ratings or 'no'} ratings, and a correlation needs {FEWEST_RATERS}.",
                "Add some, or remove the item from items.csv.",
            )
    return pa.table(columns)


def read_key(path: str | Path, items: Sequence[str], centring: str, instrument: Instrument) -> pa.Table:
    """The given key (table ``item_key``, without correlations), in the order of items and dimensions.

    Raises
    ------
    InputError : with the row, for an unknown item or dimension, another polarity than 1 and -1, a pair given twice, or
        a negative item where ``centring`` leaves it nothing to be mirrored on.
    """
    family_of = {name: family for family, name in instrument.dimensions}
    known, row_of = dict.fromkeys(items), dict[tuple[str, str], str]()
    polarities: dict[tuple[str, str], int] = {}
    for row in read_spreadsheet(path, ["item_id", "dimension"], ["polarity"]):
        pair = (_known(row, "item_id", known, "item of items.csv"), row.one_of("dimension", list(family_of)))
        _once(row_of, pair, row, f"{pair[1]} of item {pair[0]}")
        polarities[pair] = int(row.one_of("polarity", ["1", "-1"])) if row.cells.get("polarity") else 1
        if polarities[pair] < 0 and centring == "none":
            raise InputError(
                row.where,
                "the polarity is -1, but scoring.centring is 'none': what is mirrored needs a level to be mirrored on.",
                "Centre the ratings (tagged_items), or leave the item out.",
            )
    pairs = [(item, name) for item in items for name in family_of if (item, name) in polarities]
    return pa.table(
        {
            "item_id": [item for item, _ in pairs],
            "family": [family_of[name] for _, name in pairs],
            "dimension": [name for _, name in pairs],
            "rho": pa.nulls(len(pairs), pa.float64()),
            "polarity": [polarities[pair] for pair in pairs],
        }
    )


def _score(row: Row, questions: Mapping[str, tuple[str, bool, float, float]]) -> dict[str, float]:
    """The mean of a participant's answers to each dimension's questions, reversed ones mirrored on their scale."""
    answers: dict[str, list[float]] = {}
    for question, (dimension, reverse, lowest, highest) in questions.items():
        answer = row.number(question, lowest, highest)
        answers.setdefault(dimension, []).append(lowest + highest - answer if reverse else answer)
    return {dimension: fsum(own) / len(own) for dimension, own in answers.items()}


def _known(row: Row, column: str, known: Mapping[str, None], what: str) -> str:
    if row.cells[column] not in known:
        raise InputError(
            row.where,
            f"the {column} {row.cells[column][:120]!r} is no {what}.",
            "Correct it, or add it there.",
        )
    return row.cells[column]


def _once(row_of: dict[Any, str], key: Any, row: Row, what: str) -> None:
    """Note where something stands, or complain that it stands elsewhere too."""
    if key in row_of:
        raise InputError(row.where, f"{what} stands in {row_of[key].rpartition(', ')[2]}, too.", "Keep one of them.")
    row_of[key] = row.where
