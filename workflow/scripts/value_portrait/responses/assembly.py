"""From the store to tables: the answers of a model under a condition, and an export of them to publish."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from value_portrait.errors import InputError, shown
from value_portrait.files import slug, written_whole
from value_portrait.instrument import Instrument
from value_portrait.reading import check_file, read_json_lines
from value_portrait.responses.apis.registry import api_of
from value_portrait.responses.parsing import told_outcome
from value_portrait.responses.providers import Target
from value_portrait.responses.questions import Place, prompt_hash
from value_portrait.responses.requests import Planned
from value_portrait.responses.store import Record, answers_of, store_file
from value_portrait.tables import Schema, conform, export_schema, read_table, write_table

# What tables and exports take from a record, by its types.
_RECORDED: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("answer", "reasoning", "message", "finish_reason", "upstream", "served_model", "fingerprint"), str | None),
    (("provider", "time"), str),
    (("tokens_in", "tokens_out"), int | None),
    (("latency_s",), int | float),
)
_MOST = 2**31 - 1  # tokens, or seconds
# What the words of an answer decide only where the server had nothing to say about it.
_BY_WORDS = ("answered", "truncated")


def answers_table(
    path: str | Path, plan: Sequence[Planned], model: str, condition: str, instrument: Instrument
) -> pa.Table:
    """The table ``answers`` of a plan, from a file of the store.

    Raises
    ------
    InputError : a planned request has no answer yet.
    """
    records = answers_of(path, plan)
    path = Path(path)
    missing = [planned for planned in plan if planned.key not in records]
    if missing:
        first = f"item {missing[0].item_id}, prompt version {missing[0].prompt_version}"
        raise InputError(path, f"lacks {len(missing)} of {len(plan)} answers, the first is {first}.", "Run again.")
    for planned in plan:
        if fault := _fault(records[planned.key], planned):
            where = f"{path}, item {planned.item_id}, prompt version {planned.prompt_version}"
            raise InputError(where, f"{fault}.", "Restore the file from a copy; nothing was asked.")
    rows = [_answer(records[planned.key], instrument) for planned in plan]
    return pa.table(
        {
            "model": [model] * len(plan),
            "condition": [condition] * len(plan),
            "prompt_version": [planned.prompt_version for planned in plan],
            "item_id": [planned.item_id for planned in plan],
            **_repeats(plan),
            **{name: pa.array([row[name] for row in rows], type_) for name, type_ in _ANSWER_TYPES.items()},
        }
    )


def _repeats(plan: Sequence[Planned]) -> dict[str, list[int]]:
    """The column ``repeat``, where any question is asked more than once."""
    repeats = [planned.repeat for planned in plan]
    return {"repeat": repeats} if any(repeats) else {}


_ANSWER_TYPES = {
    "raw_response": pa.string(),
    "outcome": pa.string(),
    "finish_reason": pa.string(),
    "reasoning_length": pa.int32(),
    "error": pa.string(),
}


def export_answers(
    plans: Mapping[str, Sequence[Planned]], target: Target, store: str | Path, file: str | Path, instrument: Instrument
) -> None:
    """Write the table ``export`` (Parquet, or JSON lines by the suffix): answers, but no text of an item.

    Parameters
    ----------
    plans : the plan of every condition that is exported.

    Raises
    ------
    InputError : a planned request has no answer yet.
    """
    parts, model, schema = [], target.row.model, export_schema(instrument)
    for condition, plan in plans.items():
        path = store_file(store, model, condition)
        part = answers_table(path, plan, model, condition, instrument)
        records = answers_of(path, plan)
        for name in [name for name in schema.columns if name not in ("repeat", *part.column_names)]:
            values = [_published(records[planned.key], name, target.provider.api) for planned in plan]
            part = part.append_column(name, pa.array(values, schema.columns[name].type))
        parts.append(part)
    table = pa.concat_tables(parts).unify_dictionaries()
    if Path(file).suffix == ".jsonl":
        with written_whole(file) as partial, partial.open("wb") as lines:
            lines.writelines(orjson.dumps(row) + b"\n" for row in table.to_pylist())
    else:
        write_table(table, file, schema)


def read_export(
    path: str | Path,
    hashes: Mapping[Place, str],
    system: str | None,
    model: str,
    condition: str,
    instrument: Instrument,
) -> pa.Table:
    """The table ``answers`` of a model under a condition, from an export.

    Parameters
    ----------
    hashes : the hash of the user's turn for every prompt version and item that is wanted, in the order that is wanted.
    system : the hash of the condition's system message; None without one.

    Raises
    ------
    InputError : the file cannot be read, or its content does not fit the table ``export``; it is of another model; the
        condition or an answer is missing, or was given to another prompt or another system message.
    """
    table = _read_rows(Path(path), instrument)
    if others := [name for name in table["model"].unique().to_pylist() if slug(name) != slug(model)]:
        raise InputError(path, f"holds answers of {others[0]}, not of {model}.", "Get the export of this model.")
    held = set(table["condition"].unique().to_pylist())
    rows = table.filter(pc.equal(table["condition"], condition)).to_pylist()
    if condition not in held:
        raise InputError(
            path,
            f"has no answers under the condition '{condition}', only under {', '.join(sorted(held)) or 'none'}.",
            "Remove it from the model's row, or get an export that holds it.",
        )
    repeated = "repeat" in table.column_names
    repeats = sorted({row["repeat"] for row in rows}) if repeated else [0]
    found = {(row["prompt_version"], row["item_id"], row.get("repeat", 0)): row for row in rows}
    wanted = {(*place, repeat): digest for repeat in repeats for place, digest in hashes.items()}
    for place, digest in wanted.items():
        where = f"{path}, condition {condition}, prompt version {place[0]}, item {place[1]}"
        where += f", repeat {place[2]}" if repeated else ""
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
    chosen = [found[place] | {"model": model} for place in wanted]
    types = dict.fromkeys(("model", "condition", "prompt_version", "item_id"), pa.string())
    types |= ({"repeat": pa.int8()} if repeated else {}) | _ANSWER_TYPES
    return pa.table({name: pa.array([row[name] for row in chosen], type_) for name, type_ in types.items()})


def _read_rows(path: Path, instrument: Instrument) -> pa.Table:
    """All rows of an export, checked against its schema."""
    schema = export_schema(instrument)
    remedy = "Get the export anew from who published it."
    if path.suffix == ".jsonl":
        rows = []
        for where, row in read_json_lines(path, remedy):
            if not isinstance(row, dict) or set(row) | {"repeat"} != set(schema.columns):
                raise InputError(where, f"is no JSON object with exactly {', '.join(schema.columns)}.", remedy)
            for name, value in row.items():
                fits = isinstance(value, _python_type(schema.columns[name].type)) and not isinstance(value, bool)
                if value is not None and not fits:
                    raise InputError(where, f"the {name} {shown(value)} is of another type.", remedy)
            rows.append(row)
        table = conform(pa.Table.from_pylist(rows), schema, path)
    else:
        _check_columns(path, schema, remedy)
        table = read_table(path, schema)
    try:
        table.validate(full=True)
    except pa.ArrowException as problem:
        raise InputError(path, f"is damaged ({problem}).", remedy) from None
    for name in table.column_names:
        if pa.types.is_floating(table[name].type) and pc.any(pc.invert(pc.is_finite(table[name]))).as_py():
            raise InputError(path, f"has a {name} that is no finite number.", remedy)
    spoken = pc.is_in(table["outcome"].cast(pa.string()), pa.array(_BY_WORDS))
    silent = pc.and_(spoken, pc.equal(pc.fill_null(table["raw_response"].cast(pa.string()), ""), ""))
    if (row := pc.index(silent, True).as_py()) >= 0:
        raise InputError(f"{path}, row {row + 1}", "is answered, but has no raw_response.", remedy)
    return table


def _check_columns(path: Path, schema: Schema, remedy: str) -> None:
    """Refuse a Parquet file of other columns, or with what would be made a number or a text without being one."""
    check_file(path, remedy)
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            fields = list(file.schema_arrow)
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise InputError(path, f"cannot be read ({problem}).", remedy) from None
    names = [field.name for field in fields]
    if sorted([*names, *{"repeat"}.difference(names)]) != sorted(schema.columns):
        raise InputError(path, f"has other columns than {', '.join(schema.columns)}.", remedy)
    for field in fields:
        type_ = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        wanted = _python_type(schema.columns[field.name].type)
        fits = (pa.types.is_string, pa.types.is_large_string) if wanted is str else (pa.types.is_integer,)
        fits += (pa.types.is_null, *((pa.types.is_floating,) if isinstance(wanted, tuple) else ()))
        if not any(one(type_) for one in fits):
            raise InputError(path, f"has a {field.name} of another type ({type_}).", remedy)


def _python_type(type_: pa.DataType) -> Any:
    """What JSON has for a column's type."""
    if pa.types.is_integer(type_):
        return int
    return (int, float) if pa.types.is_floating(type_) else str


def _fault(record: Record, planned: Planned) -> str | None:
    """What keeps a record of the store from being the answer to a planned request, or None."""
    # Not its model: a folder of answers may get another name.
    about = (record.get("item_id"), record.get("prompt_version"))
    if about != (planned.item_id, planned.prompt_version):
        return f"has a record of {shown(about)}"
    for names, types in _RECORDED:
        for name in names:
            value: Any = record.get(name, ...)
            # A truth value is a number to Python.
            if not isinstance(value, types) or isinstance(value, bool):
                return f"has a record whose {name} is missing or of another type"
            if isinstance(value, int | float) and not 0 <= value <= _MOST:
                return f"has a record whose {name} is {shown(value)}"
    if record.get("request") != orjson.loads(planned.body):
        return "has a record of another request than its key says"
    if record["outcome"] in _BY_WORDS and not record.get("answer"):
        return f"is {record['outcome']}, but has no answer"
    return None


def _answer(record: Record, instrument: Instrument) -> dict[str, Any]:
    reasoning = record["reasoning"]
    return {
        "raw_response": record["answer"],
        "outcome": told_outcome(record["outcome"], record["answer"], instrument),
        "finish_reason": record["finish_reason"],
        "reasoning_length": None if reasoning is None else len(reasoning),
        "error": record["message"],
    }


def _published(record: Record, name: str, api: str) -> Any:
    request = record["request"]
    system, turn = api_of(api).said(request)
    if name == "prompt_sha256":
        return prompt_hash(turn)
    if name == "system_sha256":
        return None if system is None else prompt_hash(system)
    if name == "parameters":
        texts = api_of(api).conversation(system, turn)
        shown = {key: value for key, value in request.items() if key not in texts}
        return orjson.dumps(shown, option=orjson.OPT_SORT_KEYS).decode()
    return record[name]  # type: ignore[literal-required]
