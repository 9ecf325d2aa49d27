"""Answers of models that a study of tables brings: read strictly, as the table ``answers``."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from value_portrait.errors import InputError
from value_portrait.files import slug
from value_portrait.instrument import Instrument
from value_portrait.reading import read_json_lines
from value_portrait.responses.parsing import text_outcome
from value_portrait.study.spreadsheet import Row, read_spreadsheet

COLUMNS = ("item_id", "prompt_version", "raw_response")


def find_answers(folder: str | Path, model: str) -> str:
    """The file ``answers/<model>.csv`` or ``.jsonl`` below a study's folder, by the model's file name.

    Raises
    ------
    InputError : there is none, or both.
    """
    paths = [Path(folder, "answers", f"{slug(model)}.{suffix}") for suffix in ("csv", "jsonl")]
    found = [str(path) for path in paths if path.is_file()]
    if len(found) != 1:
        raise InputError(
            f"model {model}",
            f"has {'two files' if found else 'no file'} of recorded answers ({paths[0]} or {paths[1].name}).",
            "Keep one." if found else "Add it, or correct the model's row in the table of models.",
        )
    return found[0]


def find_exports(folder: str | Path) -> dict[str, str]:
    """The files ``<model>.parquet`` and ``.jsonl`` of a folder of published live answers, by the model's file name.

    Raises
    ------
    InputError : a model has both.
    """
    found: dict[str, str] = {}
    for path in sorted(Path(folder).glob("*")):
        if path.suffix in (".parquet", ".jsonl"):
            if path.stem in found:
                raise InputError(path, f"holds the answers of {path.stem}, as {found[path.stem]} does.", "Keep one.")
            found[path.stem] = str(path)
    return found


def answered_versions(path: str | Path, versions: Sequence[str]) -> list[str]:
    """Those of ``versions`` to which a file has answers; all, where ``read_recorded`` will refuse the file."""
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
    path: str | Path, model: str, items: Sequence[str], versions: Sequence[str], instrument: Instrument
) -> pa.Table:
    """A model's answers at baseline (table ``answers``), in the order of versions and items.

    Versions without any answer are left out; an empty cell is an empty answer.

    Raises
    ------
    InputError : with the row, for an unknown item or version, or an answer given twice; with the item, for one that a
        version lacks; or no version has answers.
    """
    known, defined = set(items), [version.name for version in instrument.prompt_versions]
    answers: dict[tuple[str, str], str] = {}
    for row in _rows(path):
        version, item = row.one_of("prompt_version", defined), row.cells["item_id"]
        if item not in known:
            raise InputError(row.where, f"answers {item[:120]!r}, which is no item.", "Remove it, or add the item.")
        if (version, item) in answers:
            raise InputError(row.where, f"answers {item} under {version} a second time.", "Keep one of the two.")
        answers[version, item] = row.cells["raw_response"]
    answered = [version for version in versions if any(version == own for own, _ in answers)]
    if not answered:
        raise InputError(path, f"answers none of the prompt versions {', '.join(versions)}.", "Correct prompt_version.")
    for version in answered:
        if missing := [item for item in items if (version, item) not in answers]:
            raise InputError(
                path,
                f"lacks answers to {len(missing)} item(s) under {version}, the first is {missing[0]}.",
                "Add them, with an empty raw_response where the model said nothing.",
            )
    pairs = [(version, item) for version in answered for item in items]
    texts = [answers[pair] for pair in pairs]
    nothing = pa.nulls(len(pairs), pa.string())
    return pa.table(
        {
            "model": [model] * len(pairs),
            "condition": ["baseline"] * len(pairs),
            "prompt_version": [version for version, _ in pairs],
            "item_id": [item for _, item in pairs],
            "raw_response": texts,
            "outcome": [text_outcome(text, instrument) for text in texts],
            "finish_reason": nothing,
            "reasoning_length": pa.nulls(len(pairs), pa.int32()),
            "error": nothing,
        }
    )


def _rows(path: str | Path) -> list[Row]:
    if Path(path).suffix == ".csv":
        return read_spreadsheet(path, COLUMNS)
    return [
        _record(record, where)
        for where, record in read_json_lines(path, f"Each row is a JSON object with {', '.join(COLUMNS)}.")
    ]


def _record(record: Any, where: str) -> Row:
    if not isinstance(record, dict) or set(record) != set(COLUMNS):
        raise InputError(where, f"is no JSON object with exactly {', '.join(COLUMNS)}.", "Correct it.")
    for name, value in record.items():
        if not isinstance(value, str):
            raise InputError(where, f"{name} is no text.", "Put it in quotes.")
    return Row(where, record)
