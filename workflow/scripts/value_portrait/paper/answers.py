"""Published answer files of a model, read as the table ``answers``."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from value_portrait.errors import InputError
from value_portrait.instrument import Instrument
from value_portrait.paper.raw_files import item_id
from value_portrait.reading import read_json
from value_portrait.responses.parsing import text_outcome

# The authors kept what the model said only inside this message where it held none of the options.
_QUOTED = re.compile(r"^Could not parse valid Likert response from: (.*)\Z", re.DOTALL)
# What their clients raised when the server withheld the answer because of its content.
_FILTERED = re.compile(r"flagged as potentially violating|`response\.candidates` is empty|content_filter")


def answer_paths(files: Sequence[str], model: str, versions: Sequence[str]) -> dict[str, str]:
    """The files among ``files`` that hold a model's answers, by prompt version; a version may have none.

    Raises
    ------
    InputError : no version has a file, or one has several.
    """
    found: dict[str, str] = {}
    for version in versions:
        name = f"{model}_{version}_results.json"
        of_version = [file for file in files if file.rpartition("/")[2] == name]
        if len(of_version) > 1:
            raise InputError(
                f"model {model}",
                f"has {len(of_version)} files of recorded answers to prompt version {version} ({name}).",
                "Keep one of them.",
            )
        if of_version:
            found[version] = of_version[0]
    if not found:
        raise InputError(
            f"model {model}",
            f"has no files of recorded answers ({model}_{versions[0]}_results.json, ...).",
            "Correct the model's row in config/models.tsv, or prompt_versions in the config.",
        )
    return found


def read_answers(
    paths: Mapping[str, str | Path], model: str, condition: str, items: Sequence[str], instrument: Instrument
) -> pa.Table:
    """The answers of one model under one condition, in the order of versions and items.

    Parameters
    ----------
    paths : the published file of each prompt version.
    items : the ids of all items; each must have exactly one record in each file.
    """
    columns: dict[str, list[Any]] = {
        name: [] for name in ("prompt_version", "item_id", "raw_response", "outcome", "reasoning_length", "error")
    }
    for version, path in paths.items():
        records = _records_by_item(read_json(path), path, items)
        for item in items:
            answer = _answer(records[item], f"{path}, item {item}", instrument)
            columns["prompt_version"].append(version)
            columns["item_id"].append(item)
            for name, value in answer.items():
                columns[name].append(value)
    rows = len(columns["item_id"])
    return pa.table(
        {
            "model": [model] * rows,
            "condition": [condition] * rows,
            **columns,
            "finish_reason": pa.nulls(rows, pa.string()),
        }
    )


def _records_by_item(records: Any, path: str | Path, items: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    if not isinstance(records, list):
        raise InputError(path, "is no list of answers.", "Restore the file.")
    found: dict[str, Mapping[str, Any]] = {}
    known = set(items)
    for number, record in enumerate(records, 1):
        where = f"{path}, record {number}"
        if not isinstance(record, dict):
            raise InputError(where, "is no record.", "Restore the file.")
        item = item_id(record.get("portrait_id"), record.get("option_id"))
        if item not in known:
            raise InputError(where, f"answers {item}, which is no item.", "Remove it, or add the item.")
        if item in found:
            raise InputError(where, f"answers {item} a second time.", "Keep one of the two.")
        found[item] = record
    if missing := [item for item in items if item not in found]:
        raise InputError(path, f"lacks {len(missing)} item(s), the first is {missing[0]}.", "Restore the file.")
    return found


def _answer(record: Mapping[str, Any], where: str, instrument: Instrument) -> dict[str, Any]:
    text, error, reasoning = (record.get(name) for name in ("raw_response", "error", "reasoning"))
    for name, value in (("raw_response", text), ("error", error), ("reasoning", reasoning)):
        if value is not None and not isinstance(value, str):
            raise InputError(where, f"{name} is no text.", "Restore the file.")
    if (text is None) == (error is None):
        raise InputError(where, "has neither or both of raw_response and error.", "Restore the file.")
    if error is not None and (quoted := _QUOTED.match(error)):
        text = quoted[1]
    withheld = "content_filter" if _FILTERED.search(error or "") else "error"
    return {
        "raw_response": text,
        "outcome": withheld if text is None else text_outcome(text, instrument),
        "reasoning_length": None if reasoning is None else len(reasoning),
        "error": error,
    }
