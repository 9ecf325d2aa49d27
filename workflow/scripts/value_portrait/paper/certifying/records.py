"""What the archive's answer files state beside each answer: prompt, texts, parsed answer, rating and tags.

No score hangs on most of it, so each is held against what it must follow from.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from value_portrait.errors import InputError
from value_portrait.paper.certifying.published_tags import FIELDS
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.raw_files import item_id
from value_portrait.reading import read_json
from value_portrait.study.prompts import prompt_text
from value_portrait.tables import RATING, REPEATED_TEXT, Column, Schema

_TEXTS = {"title": "title", "text": "text", "output_text": "response"}

RECORDS = Schema(
    ("model", "prompt_version", "item_id"),
    {
        "model": Column(REPEATED_TEXT, "model, by its name in the table of models"),
        "prompt_version": Column(REPEATED_TEXT, "wording and order of the options"),
        "item_id": Column(REPEATED_TEXT, "item: query and response, as in 1021-3"),
        "stated": Column(
            RATING, "numeric_response; null where there is none", VALUE_PORTRAIT.lowest, VALUE_PORTRAIT.highest, True
        ),
        "parsed": Column(pa.bool_(), "parsed_response is the option of that rating, or both are missing"),
        "prompt": Column(pa.bool_(), "prompt is the item in the version's template"),
        "texts": Column(pa.bool_(), "title, text and output_text are the item's"),
        "tags": Column(pa.bool_(), "the tags are those of the archive's items, or there are none beside an error"),
        "tagged": Column(pa.bool_(), "there are tags"),
        "digest": Column(pa.string(), "of everything in the record but its prompt: SHA-256, first 16 digits"),
    },
)


def read_records(
    paths: Mapping[str, Sequence[str | Path]],
    versions: Sequence[str],
    items: Iterable[Mapping[str, Any]],
    templates: Mapping[tuple[str, str], str],
    tags: Mapping[str, Mapping[str, Any]],
) -> pa.Table:
    """The records of the answer files (table of ``RECORDS``).

    Parameters
    ----------
    paths : for each model its files, in the order of ``versions``.
    items : rows of the table ``items``. templates : text by version and template.
    tags : for each item with tags its tags, as by ``read_tagged_items``.

    Raises
    ------
    InputError : a file is missing or is no list of records of these items.
    """
    known = {item["item_id"]: item for item in items}
    prompts = {
        (version, name): prompt_text(templates[version, item["template"]], item)
        for version in versions
        for name, item in known.items()
    }
    options = dict(enumerate(VALUE_PORTRAIT.options, VALUE_PORTRAIT.lowest))
    rows = []
    for model, files in paths.items():
        for version, path in zip(versions, files, strict=True):
            records = read_json(path)
            if not isinstance(records, list):
                raise InputError(path, "is no list of answers.", "Restore the file.")
            for number, record in enumerate(records, 1):
                name = item_id(record.get("portrait_id"), record.get("option_id")) if isinstance(record, dict) else ""
                if name not in known:
                    raise InputError(f"{path}, record {number}", "is no answer to an item.", "Restore the file.")
                judged = _judge(record, known[name], prompts[version, name], tags, options)
                rows.append((model, version, name, *judged, _digest(version, record, f"{path}, record {number}")))
    columns = dict(zip(RECORDS.columns, zip(*rows, strict=True), strict=True))
    return pa.table({name: pa.array(columns[name], own.type) for name, own in RECORDS.columns.items()})


def _filled(value: Any) -> Any:
    return None if value in ("", []) else value


def _digest(version: str, record: Mapping[str, Any], where: str) -> str:
    content = {name: value for name, value in record.items() if name != "prompt"}
    try:
        text = orjson.dumps([version, content], option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise InputError(where, "is nested too deeply.", "Restore the file.") from None
    return hashlib.sha256(text).hexdigest()[:16]


def _judge(
    record: Mapping[str, Any], item: Mapping[str, Any], prompt: str, tags: Mapping[str, Any], options: Mapping[int, str]
) -> tuple[Any, ...]:
    number, content = record.get("numeric_response"), record.get("content")
    stated = number if type(number) is int and number in options else None
    own = {field: record[field] for field in FIELDS.values() if _filled(record.get(field)) is not None}
    return (
        stated,
        number == stated and record.get("parsed_response") == (options[stated] if stated else None),
        record.get("prompt") == prompt,
        # Items without a title have an empty one here.
        isinstance(content, dict) and all(_filled(content.get(a)) == _filled(item[b]) for a, b in _TEXTS.items()),
        own == tags.get(item["item_id"], {}) or (not own and "error" in record),
        bool(own),
    )
