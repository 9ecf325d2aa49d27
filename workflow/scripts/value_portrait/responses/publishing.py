"""What goes with an export of answers: a check of whose words it holds, and a description in Croissant."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from value_portrait.errors import InputError, shown
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument
from value_portrait.responses.apis.registry import api_of
from value_portrait.responses.providers import Target
from value_portrait.responses.requests import Planned
from value_portrait.responses.store import store_file, terminal_records
from value_portrait.study.quoting import passages, quoted
from value_portrait.tables import export_schema

_KINDS = {".parquet": "application/x-parquet", ".jsonl": "application/jsonlines"}
# The format's own context (mlcommons.org/croissant/1.0), whole, since readers compare it.
_TERMS = (
    *("citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet", "format"),
    *("includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"),
    *("repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    **{name: f"cr:{name}" for name in _TERMS},
}


def refuse_quotes(
    plans: Mapping[str, Sequence[Planned]], target: Target, store: str | Path, instrument: Instrument
) -> None:
    """See that no answer and no reasoning repeats 40 letters of the question: these may not be everybody's to publish.

    Raises
    ------
    InputError : with the number of those that do, and the first.
    """
    number, first = 0, None
    for condition, plan in plans.items():
        path = store_file(store, target.row.model, condition)
        records = terminal_records(path)
        for record in (records[planned.key] for planned in plan if planned.key in records):
            known = passages(api_of(target.provider.api).said(record["request"]), instrument)
            quote = quoted(record["answer"], known) or quoted(record["reasoning"], known)
            if quote is not None:
                number, first = number + 1, first or f"item {record['item_id']}, {condition}: {shown(quote)}"
    if number:
        raise InputError(
            f"model {target.row.model}",
            f"quotes the question in {number} answer(s) or reasonings, the first is {first}.",
            "Where you may publish the study's texts, add --quotes.",
        )


def describe_export(file: str | Path, model: str, licence: str | None, instrument: Instrument) -> Path:
    """Write ``<file>.croissant.json`` beside an export, and give its path; ``licence`` is an address or None."""
    path = Path(file)
    columns = {name: column for name, column in export_schema(instrument).columns.items() if name in _held(path)}
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"answers/{name}",
            "name": name,
            "description": column.meaning,
            "dataType": _data_type(column.type),
            "source": {"fileObject": {"@id": path.name}, "extract": {"column": name}},
        }
        for name, column in columns.items()
    ]
    content: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": path.stem,
        "description": f"Answers of {model} to the items of '{instrument.title}', without the items' texts.",
        "datePublished": datetime.now(UTC).date().isoformat(),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": path.name,
                "name": path.name,
                "contentUrl": path.name,
                "contentSize": f"{path.stat().st_size} B",
                "encodingFormat": _KINDS[path.suffix],
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
        ],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "answers", "name": "answers", "field": fields}],
    }
    if licence:
        content["license"] = licence
    target = path.with_suffix(".croissant.json")
    with written_whole(target) as partial:
        partial.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
    return target


def _held(path: Path) -> Collection[str]:
    """The columns of an export: not each has those that are optional."""
    if path.suffix == ".parquet":
        return pq.read_schema(path).names
    with path.open("rb") as lines:
        return orjson.loads(lines.readline()).keys()


def _data_type(type_: pa.DataType) -> str:
    if pa.types.is_integer(type_):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(type_) else "sc:Text"
