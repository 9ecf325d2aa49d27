"""From the store to tables: the answers of a model under a condition, and an export of them to publish."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from value_portrait.errors import InputError
from value_portrait.files import written_whole
from value_portrait.responses.parsing import text_outcome
from value_portrait.responses.requests import Planned
from value_portrait.responses.store import Record, store_file, terminal_records
from value_portrait.shipped import VALUE_PORTRAIT
from value_portrait.tables import export_schema, read_table, write_table

EXPORT = export_schema(VALUE_PORTRAIT)
# What the words of an answer decide only where the server had nothing to say about it.
_BY_WORDS = ("answered", "truncated")


def answers_table(path: str | Path, plan: Sequence[Planned], model: str, condition: str) -> pa.Table:
    """The table ``answers`` of a plan, from a file of the store.

    Raises
    ------
    InputError : a planned request has no answer yet.
    """
    records = terminal_records(path)
    missing = [planned for planned in plan if planned.key not in records]
    if missing:
        first = f"item {missing[0].item_id}, prompt version {missing[0].prompt_version}"
        raise InputError(path, f"lacks {len(missing)} of {len(plan)} answers, the first is {first}.", "Run again.")
    rows = [_answer(records[planned.key]) for planned in plan]
    return pa.table(
        {
            "model": [model] * len(plan),
            "condition": [condition] * len(plan),
            "prompt_version": [planned.prompt_version for planned in plan],
            "item_id": [planned.item_id for planned in plan],
            **{name: pa.array([row[name] for row in rows], type_) for name, type_ in _ANSWER_TYPES.items()},
        }
    )


_ANSWER_TYPES = {
    "raw_response": pa.string(),
    "outcome": pa.string(),
    "finish_reason": pa.string(),
    "reasoning_length": pa.int32(),
    "error": pa.string(),
}


def export_answers(plans: Mapping[str, Sequence[Planned]], model: str, store: str | Path, target: str | Path) -> None:
    """Write the table ``export`` (Parquet, or JSON lines by the suffix): answers, but no text of an item.

    Parameters
    ----------
    plans : the plan of every condition that is exported.

    Raises
    ------
    InputError : a planned request has no answer yet.
    """
    parts = []
    for condition, plan in plans.items():
        path = store_file(store, model, condition)
        part = answers_table(path, plan, model, condition)
        records = terminal_records(path)
        for name in [name for name in EXPORT.columns if name not in part.column_names]:
            values = [_published(records[planned.key], name) for planned in plan]
            part = part.append_column(name, pa.array(values, EXPORT.columns[name].type))
        parts.append(part)
    table = pa.concat_tables(parts).unify_dictionaries()
    target = Path(target)
    if target.suffix == ".jsonl":
        with written_whole(target) as partial, partial.open("wb") as file:
            file.writelines(orjson.dumps(row) + b"\n" for row in table.to_pylist())
    else:
        write_table(table, target, EXPORT)


def read_export(
    path: str | Path, hashes: Mapping[tuple[str, str], str], system: str | None, model: str, condition: str
) -> pa.Table:
    """The table ``answers`` of a model under a condition, from an export.

    Parameters
    ----------
    hashes : the hash of the user's turn for every prompt version and item that is wanted, in the order that is wanted.
    system : the hash of the condition's system message; None without one.

    Raises
    ------
    InputError : the condition or an answer is missing, or was given to another prompt or another system message.
    """
    path = Path(path)
    if path.suffix == ".jsonl":
        every = [orjson.loads(line) for line in path.read_bytes().splitlines()]
        held = {row["condition"] for row in every}
        rows = [row for row in every if row["condition"] == condition]
    else:
        table = read_table(path, EXPORT)
        held = set(table["condition"].unique().to_pylist())
        rows = table.filter(pc.equal(table["condition"], condition)).to_pylist()
    if condition not in held:
        raise InputError(
            path,
            f"has no answers under the condition '{condition}', only under {', '.join(sorted(held)) or 'none'}.",
            "Remove it from the model's row, or get an export that holds it.",
        )
    found = {(row["prompt_version"], row["item_id"]): row for row in rows}
    for place, digest in hashes.items():
        where = f"{path}, condition {condition}, prompt version {place[0]}, item {place[1]}"
        if place not in found:
            raise InputError(where, "has no answer.", "Get a complete export, or ask the model live.")
        if found[place]["prompt_sha256"] != digest:
            raise InputError(where, "answers another prompt than this study's.", "Use the study that it was made for.")
        if found[place]["system_sha256"] != system:
            raise InputError(
                where,
                "was asked with another system message than this study's.",
                "Use the personas and framings that it was made with.",
            )
    chosen = [found[place] | {"model": model} for place in hashes]
    columns = ["model", "condition", "prompt_version", "item_id", *_ANSWER_TYPES]
    return pa.table(
        {name: pa.array([row[name] for row in chosen], _ANSWER_TYPES.get(name, pa.string())) for name in columns}
    )


def prompt_hash(prompt: str) -> str:
    """SHA-256 (hexadecimal) of a prompt's text."""
    return hashlib.sha256(prompt.encode()).hexdigest()


def _answer(record: Record) -> dict[str, Any]:
    outcome, text, reasoning = record["outcome"], record["answer"], record["reasoning"]
    if outcome in _BY_WORDS and text_outcome(text, VALUE_PORTRAIT) in ("refusal", "empty"):
        outcome = text_outcome(text, VALUE_PORTRAIT)
    return {
        "raw_response": text,
        "outcome": outcome,
        "finish_reason": record["finish_reason"],
        "reasoning_length": None if reasoning is None else len(reasoning),
        "error": record["message"],
    }


def _published(record: Record, name: str) -> Any:
    request = record["request"]
    if name == "prompt_sha256":
        return prompt_hash(request["messages"][-1]["content"])
    if name == "system_sha256":
        first = request["messages"][0]
        system = request.get("system") or (first["content"] if first["role"] == "system" else None)
        return None if system is None else prompt_hash(system)
    if name == "parameters":
        shown = {key: value for key, value in request.items() if key not in ("messages", "system")}
        return orjson.dumps(shown, option=orjson.OPT_SORT_KEYS).decode()
    return record[name]
