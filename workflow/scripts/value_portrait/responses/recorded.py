"""Answers that a study brings or somebody else collected: read strictly, as the table ``answers``."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from value_portrait.errors import InputError, shown
from value_portrait.files import slug
from value_portrait.instrument import Instrument
from value_portrait.reading import read_json_lines
from value_portrait.responses.apis.registry import api_of
from value_portrait.responses.conditions import BASELINE
from value_portrait.responses.outcomes import TERMINAL
from value_portrait.responses.parsing import told_outcome
from value_portrait.responses.questions import Place, question_of
from value_portrait.responses.replies import outcome_of
from value_portrait.study.spreadsheet import Row, read_spreadsheet

COLUMNS = ("item_id", "prompt_version", "raw_response")
OPTIONAL = ("condition", "repeat", "prompt_sha256", "system_sha256", "finish_reason")
SUFFIXES = (".csv", ".jsonl", ".parquet")
# A published answer has it, a plain one has not.
_OF_EXPORT = "latency_s"
# As providers and harnesses say that an answer was cut off, or held back.
_CUT, _FILTERED = ("length", "max_tokens", "model_length"), "content_filter"
# A hash may be given by its first digits.
_FEWEST_DIGITS = 16
_MOST_FAULTS = 20
_MOST_REPEATS = 100


def find_recorded(folders: Sequence[str | Path]) -> dict[str, str]:
    """The files ``<model>.csv``, ``.jsonl`` and ``.parquet`` with answers in some folders, by the model's file name.

    Raises
    ------
    InputError : a model has two, or a log lies there.
    """
    found: dict[str, str] = {}
    for path in (path for folder in folders for path in sorted(Path(folder).glob("*"))):
        if path.suffix == ".eval":
            raise InputError(path, "is a log of Inspect.", "Make answers of it with integrations/inspect_answers.py.")
        if path.suffix in SUFFIXES:
            if path.stem in found:
                raise InputError(path, f"holds the answers of {path.stem}, as {found[path.stem]} does.", "Keep one.")
            found[path.stem] = str(path)
    return found


def find_answers(folder: str | Path, model: str, found: Mapping[str, str]) -> str:
    """A model's file among those that were found; ``folder``, of the study's own answers, is for the message.

    Raises
    ------
    InputError : there is none.
    """
    if slug(model) not in found:
        path = Path(folder, f"{slug(model)}.csv")
        raise InputError(
            f"model {model}",
            f"has no file of recorded answers ({path} or {path.stem}.jsonl).",
            "Add it, or correct the model's row in the table of models.",
        )
    return found[slug(model)]


def is_export(path: str | Path) -> bool:
    """Whether a file holds published live answers, with all that is known of each; otherwise it holds plain ones."""
    if Path(path).suffix != ".jsonl":
        return Path(path).suffix == ".parquet"
    try:
        _, first = next(read_json_lines(path))
    except InputError:
        return False
    return isinstance(first, dict) and _OF_EXPORT in first


def answered_versions(path: str | Path, versions: Sequence[str]) -> list[str]:
    """Those of ``versions`` to which a file has answers; all, where reading it will refuse the file."""
    if is_export(path):
        return list(versions)
    try:
        present = {row.cells["prompt_version"] for row in _rows(path)}
    except InputError:
        return list(versions)
    return [version for version in versions if version in present]


def versions_missed(found: Collection[Collection[str]], versions: Sequence[str]) -> list[str]:
    """A line for each prompt version to which some recorded models, each with its versions, have no answers."""
    lines = []
    for version in versions:
        if missing := sum(version not in own for own in found):
            models = "1 recorded model has" if missing == 1 else f"{missing} recorded models have"
            lines.append(f"{models} no answers to prompt version {version}; other versions make up the profile.")
    return lines


def read_recorded(
    path: str | Path,
    hashes: Mapping[Place, str],
    system: str | None,
    model: str,
    condition: str,
    instrument: Instrument,
    unasked: Collection[str] = (),
) -> pa.Table:
    """A model's answers under a condition (table ``answers``), in the order of ``hashes``, from a plain file.

    Versions without any answer are left out; an empty cell is an empty answer. Where a row names its condition, or
    hashes of what was asked, these are checked; without a condition it was asked at baseline, without a number of the
    repeat once.

    Parameters
    ----------
    hashes : the hash of the user's turn for every prompt version and item that is wanted, in the order that is wanted.
    system : the hash of the condition's system message; None without one.
    unasked : items of the study that are not wanted, which may be answered, too.

    Raises
    ------
    InputError : with the row, for an unknown item or version, an answer given twice, or one to another prompt or
        another system message; with the item, for one that a version or its repeat lacks; or the condition has no
        answers.
    """
    known, defined = {item for _, item in hashes}, [version.name for version in instrument.prompt_versions]
    answers: dict[tuple[str, int, str, str], Row] = {}
    faults: list[InputError] = []
    for row in _rows(path):
        own, item = row.cells.get("condition") or BASELINE, row.cells["item_id"]
        try:
            version = row.one_of("prompt_version", defined)
            if item not in known and item not in unasked:
                raise InputError(row.where, f"answers {shown(item)}, which is no item.", "Remove it, or add the item.")
            repeat = row.whole("repeat", 0, _MOST_REPEATS - 1) if row.cells.get("repeat") else 0
            if (own, repeat, version, item) in answers:
                again = f"answers {item} under {version} a second time."
                raise InputError(row.where, again, "Keep one, or number repeats from 0 in a column repeat.")
            if own == condition and (version, item) in hashes:
                _check_question(row, hashes[version, item], system)
            answers[own, repeat, version, item] = row
        except InputError as fault:
            faults.append(fault)
    held = dict.fromkeys(own for own, *_ in answers)
    if not faults and condition not in held:
        raise InputError(
            path,
            f"has no answers under the condition '{condition}', only under {', '.join(sorted(held))}.",
            "Remove it from the model's row, or add them.",
        )
    versions = list(dict.fromkeys(version for version, _ in hashes))
    given = [(repeat, place[0]) for own, repeat, *place in answers if own == condition and tuple(place) in hashes]
    counted, answered = {repeat for repeat, _ in given}, {version for _, version in given}
    if not faults and not answered:
        raise InputError(path, f"answers none of the prompt versions {', '.join(versions)}.", "Correct prompt_version.")
    repeats = range(1 + max(counted, default=0))
    if not faults and (absent := sorted({*repeats} - counted)):
        odd = f"has answers numbered as repeat {repeats[-1]}, and none as repeat {absent[0]}."
        raise InputError(path, odd, "Number repeats from 0 without a gap.")
    places = [(repeat, *place) for repeat in repeats for place in hashes if place[0] in answered]
    missing: dict[tuple[int, str], list[str]] = {}
    for repeat, version, item in places if not faults else []:
        if (condition, repeat, version, item) not in answers:
            missing.setdefault((repeat, version), []).append(item)
    for (repeat, version), items in missing.items():
        where = f"{version}, repeat {repeat}" if len(repeats) > 1 else version
        lacks = f"lacks answers to {len(items)} item(s) under {where}, the first is {items[0]}."
        faults.append(InputError(path, lacks, "Add them, with an empty raw_response where the model said nothing."))
    _refuse(faults, path)
    return _table([answers[condition, *place] for place in places], places, model, condition, instrument)


def _check_question(row: Row, prompt: str, system: str | None) -> None:
    """A row's hashes, where it has some, are those of what this study asks."""
    for column, right, words in (("prompt_sha256", prompt, "prompt"), ("system_sha256", system, "system message")):
        if column not in row.cells or (column == "prompt_sha256" and not row.cells[column]):
            continue
        given = row.cells[column]
        if not (right.startswith(given) and len(given) >= _FEWEST_DIGITS if right else not given):
            raise InputError(
                row.where,
                f"the {column} {shown(given)} is not that of this study's {words}.",
                "Ask with the questions that 'make questions' writes, or use the study that it was asked with.",
            )


def _refuse(faults: Sequence[InputError], path: str | Path) -> None:
    if not faults:
        return
    if len(faults) == 1:
        raise faults[0]
    for fault in faults[:_MOST_FAULTS]:
        logging.error("%s", fault)
    few = "" if len(faults) <= _MOST_FAULTS else f", of which the first {_MOST_FAULTS} are named"
    raise InputError(path, f"has {len(faults)} faults{few}.", "Correct them, and run again.")


def _table(
    rows: Sequence[Row], places: Sequence[tuple[int, str, str]], model: str, condition: str, instrument: Instrument
) -> pa.Table:
    repeats = [repeat for repeat, *_ in places]
    return pa.table(
        {
            "model": [model] * len(rows),
            "condition": [condition] * len(rows),
            "prompt_version": [version for _, version, _ in places],
            "item_id": [item for *_, item in places],
            **({"repeat": repeats} if any(repeats) else {}),
            "raw_response": [row.cells["raw_response"] for row in rows],
            "outcome": [_outcome(row.cells, instrument) for row in rows],
            "finish_reason": pa.array([row.cells.get("finish_reason") or None for row in rows], pa.string()),
            "reasoning_length": pa.nulls(len(rows), pa.int32()),
            "error": pa.nulls(len(rows), pa.string()),
        }
    )


def _outcome(cells: Mapping[str, str], instrument: Instrument) -> str:
    """As of live answers: what ended an answer decides, then its words."""
    text, finish = cells["raw_response"], cells.get("finish_reason")
    told = outcome_of(text, refused=False, filtered=finish == _FILTERED, cut=finish in _CUT)
    return told_outcome(cells.get("outcome", told), text, instrument)


def _rows(path: str | Path) -> Iterator[Row]:
    """The rows of a plain file, or of a batch's replies; an ``outcome`` stands in these alone."""
    if Path(path).suffix == ".csv":
        yield from read_spreadsheet(path, COLUMNS, OPTIONAL)
        return
    for where, record in read_json_lines(path, f"Each row is a JSON object with {', '.join(COLUMNS)}."):
        yield _replied(record, where) if isinstance(record, dict) and "custom_id" in record else _record(record, where)


def _record(record: Any, where: str) -> Row:
    known = {*COLUMNS, *OPTIONAL}
    if not isinstance(record, dict) or not set(COLUMNS) <= set(record) <= known:
        raise InputError(
            where, f"is no JSON object with {', '.join(COLUMNS)} and at most {', '.join(OPTIONAL)}.", "Correct it."
        )
    if type(record.get("repeat")) is int:
        record["repeat"] = str(record["repeat"])
    for name, value in record.items():
        if not isinstance(value, str) and not (value is None and name in OPTIONAL):
            raise InputError(where, f"{name} is no text.", "Put it in quotes.")
    return Row(where, {name: value or "" for name, value in record.items()})


def _replied(record: dict[str, Any], where: str) -> Row:
    """A line of what OpenAI's batches, and servers that do as they do, give back."""
    question = question_of(record["custom_id"], where)
    try:
        response = record["response"]
        said = api_of("openai").read_answer(response["body"], ()) if response["status_code"] == 200 else None
    except (AttributeError, IndexError, KeyError, TypeError):
        said = None
    if said is None or said.outcome not in TERMINAL:
        instead = record.get("error") or record.get("response")
        raise InputError(where, f"has no answer, but {shown(instead)}.", "Ask it again.")
    answer = {"raw_response": said.answer or "", "finish_reason": said.finish_reason or "", "outcome": said.outcome}
    return Row(where, question | answer)
