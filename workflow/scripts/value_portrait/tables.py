"""Every table that passes between stages: its columns, their types, ranges and meaning, and its key.

A table is checked when it is written and when it is read, so that a stage can rely on what it gets. Files are
Parquet or CSV, by their suffix, and appear whole or not at all.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from value_portrait.errors import InputError, shown
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument

TEXT = pa.string()
REPEATED_TEXT = pa.dictionary(pa.int32(), pa.string())
RATING = pa.int8()
COUNT = pa.int32()
NUMBER = pa.float64()


@dataclass(frozen=True)
class Column:
    """One column: its Arrow type, what it means, the range of its numbers, whether cells may be null, known texts.

    An ``optional`` column is there only where it tells anything.
    """

    type: pa.DataType
    meaning: str
    low: float | None = None
    high: float | None = None
    nullable: bool = False
    texts: tuple[str, ...] | None = None
    optional: bool = False


@dataclass(frozen=True)
class Schema:
    """The columns of a table, in order, and the columns that together identify a row."""

    key: tuple[str, ...]
    columns: dict[str, Column]


_ITEM = Column(TEXT, "item: query and response, as in 1021-3")
_QUERY = Column(TEXT, "query that the item's response answers")
_PARTICIPANT = Column(REPEATED_TEXT, "participant, as the study names them")
_GROUP = Column(COUNT, "survey group, from 1", low=1)
_MODEL = Column(REPEATED_TEXT, "model, by its name in the table of models")
_CONDITION = Column(REPEATED_TEXT, "baseline, or a persona's id, with @ and the framing where that is not the default")
_RHO = Column(NUMBER, "correlation of the item's ratings with the raters' scores", -1, 1, nullable=True)
_SHARE = Column(NUMBER, "share, 0 to 1", low=0, high=1, nullable=True)
_AXIS = Column(REPEATED_TEXT, "what groups differ in: gender, age, ...; or steering")
_OUTCOMES = ("answered", "refusal", "content_filter", "empty", "truncated", "error")
_OUTCOME = Column(REPEATED_TEXT, ", ".join(_OUTCOMES[:-1]) + f" or {_OUTCOMES[-1]}", texts=_OUTCOMES)
_REPEAT = Column(RATING, "number of the repeat, from 0; without it every question was asked once", 0, optional=True)
_CLASS = Column(REPEATED_TEXT, "plain, or why the answer is not plain")


@cache
def schemas(instrument: Instrument) -> dict[str, Schema]:
    """The schema of every named table: ratings lie on the instrument's scale, dimensions are its own."""
    low, high, span = instrument.lowest, instrument.highest, instrument.span
    reach = max(abs(low), abs(high), span)
    families = tuple(family.name for family in instrument.families)
    names = tuple(name for _, name in instrument.dimensions)
    family_ = Column(REPEATED_TEXT, "family of the dimension", texts=families)
    dimension = Column(REPEATED_TEXT, "what is measured", texts=names)
    rating = Column(RATING, f"{low} ({instrument.options[0]}) to {high} ({instrument.options[-1]})", low, high)
    maybe_rating = Column(RATING, f"{low} to {high}, null without a usable answer", low, high, nullable=True)
    version = Column(
        REPEATED_TEXT,
        "wording and order of the options",
        texts=tuple(version.name for version in instrument.prompt_versions),
    )
    template = Column(
        REPEATED_TEXT,
        "prompt template by which the item is shown",
        texts=tuple(name for name, _ in instrument.templates),
    )
    change = partial(Column, NUMBER, low=-2 * span, high=2 * span)
    profile = {
        "n_items": Column(COUNT, "items that enter the mean", low=0),
        "n_missing": Column(COUNT, "items of the key without any rating", low=0),
        "n_missing_answers": Column(COUNT, "prompt versions without a rating, over the key's items", low=0),
        "mean": Column(NUMBER, "mean rating, in scale points", low, high, nullable=True),
        # Without centring the centre is 0.
        "centred_mean": Column(NUMBER, "mean of the ratings' deviations from the centre", -reach, reach, nullable=True),
        "sd": Column(NUMBER, "population standard deviation over items", 0, span / 2, nullable=True),
    }
    return {
        "survey": Schema(
            ("item_id", "participant_id"),
            {"group": _GROUP, "item_id": _ITEM, "participant_id": _PARTICIPANT, "rating": rating},
        ),
        "pilot_survey": Schema(
            ("question_id", "participant_id"),
            {
                "pilot": Column(COUNT, "first or second pilot", low=1, high=2),
                "question_id": Column(TEXT, "question, as the archive names it"),
                "source": Column(REPEATED_TEXT, "where the question's text comes from"),
                "participant_id": _PARTICIPANT,
                "rating": rating,
            },
        ),
        "participants": Schema(
            ("participant_id", "family", "dimension"),
            {
                "sample": Column(REPEATED_TEXT, "main, pilot_1 or pilot_2"),
                "participant_id": _PARTICIPANT,
                "family": family_,
                "dimension": dimension,
                # Unrounded: rounding to six digits changes ties, and with them thousands of correlations.
                "score": Column(NUMBER, "score on the rater's own questionnaire", *instrument.score_range),
            },
        ),
        "data_quality": Schema(
            ("sample", "check"),
            {
                "sample": Column(TEXT, "main, pilot_1 or pilot_2"),
                "check": Column(TEXT, "what was looked for"),
                "count": Column(COUNT, "how many were found", low=0),
                "of": Column(COUNT, "among how many", low=0),
                "handling": Column(TEXT, "what the pipeline does with them"),
                "found": Column(TEXT, "the first ten, as the archive names them"),
            },
        ),
        "items": Schema(
            ("item_id",),
            {
                "item_id": _ITEM,
                "query_id": _QUERY,
                "response_id": Column(COUNT, "response to the query, from 1", low=1),
                "source": Column(REPEATED_TEXT, "where the query comes from"),
                "template": template,
                "title": Column(TEXT, "title of the query", nullable=True),
                "text": Column(TEXT, "the query"),
                "response": Column(TEXT, "the response that is rated"),
            },
        ),
        "prompts": Schema(
            ("prompt_version", "template"),
            {
                "prompt_version": version,
                "template": template,
                "text": Column(TEXT, "with the fields {title}, {text} and {content}"),
            },
        ),
        "topics": Schema(("query_id", "topic"), {"query_id": _QUERY, "topic": Column(TEXT, "topic of the query")}),
        "correlations": Schema(
            ("item_id", "family", "dimension"),
            {
                "item_id": _ITEM,
                "family": family_,
                "dimension": dimension,
                "n": Column(COUNT, "raters", low=0),
                "rho": _RHO,
                "p": Column(NUMBER, "two-sided p-value", low=0, high=1, nullable=True),
                "ci_low": _RHO,
                "ci_high": _RHO,
            },
        ),
        "item_statistics": Schema(
            ("item_id",),
            {
                "item_id": _ITEM,
                "group": _GROUP,
                "n": Column(COUNT, "raters", low=1),
                "mean": Column(NUMBER, "mean rating", low, high),
                "sd": Column(NUMBER, "sample standard deviation", low=0, high=0.72 * span, nullable=True),
                "skew": Column(NUMBER, "sample skewness, bias-corrected", nullable=True),
                "floor": Column(NUMBER, "share of raters at the lowest rating", low=0, high=1),
                "ceiling": Column(NUMBER, "share of raters at the highest rating", low=0, high=1),
            },
        ),
        "item_key": Schema(
            ("item_id", "family", "dimension"),
            {
                "item_id": _ITEM,
                "family": family_,
                "dimension": dimension,
                "rho": Column(NUMBER, "correlation that made the tag; null in a given key", -1, 1, nullable=True),
                "polarity": Column(RATING, "1, or -1 where a low rating speaks for the dimension", -1, 1),
            },
        ),
        "answers": Schema(
            ("model", "condition", "prompt_version", "item_id", "repeat"),
            {
                "model": _MODEL,
                "condition": _CONDITION,
                "prompt_version": version,
                "item_id": _ITEM,
                "repeat": _REPEAT,
                "raw_response": Column(REPEATED_TEXT, "the model's words, untouched", nullable=True),
                "outcome": _OUTCOME,
                "finish_reason": Column(REPEATED_TEXT, "as the server gave it", nullable=True),
                "reasoning_length": Column(COUNT, "characters of reasoning, null without", low=0, nullable=True),
                "error": Column(REPEATED_TEXT, "as recorded", nullable=True),
            },
        ),
        "ratings": Schema(
            ("model", "condition", "prompt_version", "item_id", "repeat"),
            {
                "model": _MODEL,
                "condition": _CONDITION,
                "prompt_version": version,
                "item_id": Column(REPEATED_TEXT, _ITEM.meaning),
                "repeat": _REPEAT,
                "rating": maybe_rating,
                "published_rating": maybe_rating,
                "strict_rating": maybe_rating,
                "answer_class": _CLASS,
            },
        ),
        "answer_counts": Schema(
            ("model", "condition", "outcome", "answer_class"),
            {
                "model": _MODEL,
                "condition": _CONDITION,
                "outcome": _OUTCOME,
                "answer_class": _CLASS,
                "answers": Column(COUNT, "answers of this kind", low=1),
                "disagreements": Column(COUNT, "those that the two parsers read differently", low=0),
            },
        ),
        "profiles": Schema(
            ("model", "condition", "family", "dimension"),
            {"model": _MODEL, "condition": _CONDITION, "family": family_, "dimension": dimension, **profile},
        ),
        "profiles_as_seen": Schema(
            ("model", "condition", "group", "family", "dimension"),
            {
                "model": _MODEL,
                "condition": _CONDITION,
                "group": _GROUP,
                "family": family_,
                "dimension": dimension,
                "n_raters": Column(COUNT, "raters of the group", low=1),
                "centred_mean": profile["centred_mean"],
            },
        ),
        "rater_profiles": Schema(
            ("participant_id", "group", "family", "dimension"),
            {
                "participant_id": _PARTICIPANT,
                "group": _GROUP,
                "family": family_,
                "dimension": dimension,
                **{name: column for name, column in profile.items() if name != "n_missing_answers"},
            },
        ),
        "rater_alphas": Schema(
            ("group", "family", "dimension"),
            {
                "group": _GROUP,
                "family": family_,
                "dimension": dimension,
                "n_items": Column(COUNT, "items of the dimension that the group rated", low=2),
                "n_observations": Column(COUNT, "its raters", low=3),
                "alpha": Column(NUMBER, "Cronbach's alpha within the group", high=1),
            },
        ),
        "people": Schema(
            ("source", "weighting", "axis", "group", "dimension"),
            {
                "source": Column(REPEATED_TEXT, "ess_microdata, printed or simulated"),
                "weighting": Column(REPEATED_TEXT, "anweight, none or as_printed"),
                "axis": _AXIS,
                "group": Column(REPEATED_TEXT, "the people column of personas.tsv"),
                "dimension": dimension,
                "n": Column(COUNT, "respondents of the group with a score; null where printed", low=0, nullable=True),
                "human_effect": change(
                    "mean of the group minus mean of all respondents, in scale points; null below two", nullable=True
                ),
                "ci_low": change("lower end of its 95 % interval; null where printed", nullable=True),
                "ci_high": change("upper end of its 95 % interval; null where printed", nullable=True),
            },
        ),
        "persona_effects": Schema(
            ("source", "model", "framing", "axis", "group", "dimension"),
            {
                "source": Column(REPEATED_TEXT, "answers or printed"),
                "model": _MODEL,
                "framing": Column(REPEATED_TEXT, "how it reached the model: default, a framing, or as printed"),
                "axis": _AXIS,
                "persona": Column(REPEATED_TEXT, "its id; null for a printed group without one", nullable=True),
                "group": Column(REPEATED_TEXT, "group as it is printed; for steering the value that is told"),
                "order": Column(NUMBER, "place on an ordinal axis; null elsewhere", nullable=True),
                "people": Column(REPEATED_TEXT, "human group to compare with, null for none", nullable=True),
                "family": family_,
                "dimension": dimension,
                "effect": change("centred mean under the persona minus that at baseline, in scale points"),
                "ci_low": change("lower end of its 95 % interval, by resampled queries", nullable=True),
                "ci_high": change("upper end of its 95 % interval", nullable=True),
                "n_queries": Column(NUMBER, "queries with an item of the dimension", low=0, nullable=True),
                "version_mean": change("mean of the effect over prompt versions, each taken alone", nullable=True),
                "version_sd": Column(NUMBER, "sample SD of the effect over prompt versions", low=0, nullable=True),
                "version_ratio": Column(NUMBER, "|version_mean| / version_sd", low=0, nullable=True),
            },
        ),
        "reliability": Schema(
            ("source", "family", "dimension", "coefficient"),
            {
                "source": Column(REPEATED_TEXT, "models, or raters (pooled over survey groups)"),
                "family": family_,
                "dimension": dimension,
                "coefficient": Column(REPEATED_TEXT, "alpha (Cronbach's) or omega (McDonald's, of one factor)"),
                "n_items": Column(COUNT, "items of the dimension that enter", low=0),
                "n_observations": Column(COUNT, "rows without a missing rating", low=0),
                "n_groups": Column(COUNT, "survey groups pooled; 1 for models", low=0),
                "estimate": Column(NUMBER, "the coefficient; null where it cannot be had", high=1, nullable=True),
                "ci_low": Column(NUMBER, "lower end of its 95 % interval; null for omega", high=1, nullable=True),
                "ci_high": Column(NUMBER, "upper end of its 95 % interval; null for omega", high=1, nullable=True),
            },
        ),
    }


@cache
def export_schema(instrument: Instrument) -> Schema:
    """The schema of live answers as they are published: without the texts of the items."""
    answers = schemas(instrument)["answers"]
    return Schema(
        answers.key,
        {
            **answers.columns,
            "prompt_sha256": Column(
                TEXT, "SHA-256 of the user's turn: the prompt, after a framing that is no system message"
            ),
            "system_sha256": Column(REPEATED_TEXT, "SHA-256 of the system message, null without", nullable=True),
            "parameters": Column(REPEATED_TEXT, "what was sent beside the texts, as JSON"),
            "provider": Column(REPEATED_TEXT, "who was asked"),
            "upstream": Column(REPEATED_TEXT, "who answered, where a router says so", nullable=True),
            "served_model": Column(REPEATED_TEXT, "the model's name in the reply", nullable=True),
            "fingerprint": Column(REPEATED_TEXT, "the server's fingerprint of its set-up", nullable=True),
            "reasoning": Column(TEXT, "the reasoning text, as far as it was shown", nullable=True),
            "tokens_in": Column(COUNT, "tokens of the question", low=0, nullable=True),
            "tokens_out": Column(COUNT, "tokens of the answer with its reasoning", low=0, nullable=True),
            "usd": Column(NUMBER, "cost of the answer", low=0, nullable=True),
            "time": Column(TEXT, "when it was answered, UTC"),
            "latency_s": Column(NUMBER, "seconds until it was answered", low=0),
            "key": Column(TEXT, "identifies the request"),
        },
    )


def sensitivity_schema(wordings: Iterable[str], instrument: Instrument) -> Schema:
    """The schema of ``sensitivity``: the summary columns, then three parts for each wording."""
    difference = Column(NUMBER, "mean absolute difference, in scale points", low=0, high=instrument.span, nullable=True)
    columns = {
        "model": _MODEL,
        "condition": _CONDITION,
        "prompt_sensitivity": replace(_SHARE, meaning="of items rated differently under any of the wordings"),
        "wording_sensitivity": replace(
            _SHARE, meaning="of items rated differently under two wordings, mean over pairs"
        ),
        "order_sensitivity": replace(_SHARE, meaning="of items rated differently in two orders, mean over wordings"),
        "prompt_difference": difference,
        "wording_difference": difference,
        "order_difference": difference,
        "n_prompt_items": Column(COUNT, "items with a rating under every wording", low=0),
        "repeat_sensitivity": replace(_SHARE, meaning="of pairs of repeats with different ratings", optional=True),
        "repeat_difference": replace(difference, optional=True),
        "n_repeated": Column(COUNT, "questions with a rating in more than one repeat", low=0, optional=True),
    }
    for wording in wordings:
        columns[f"order_sensitivity_{wording}"] = _SHARE
        columns[f"order_difference_{wording}"] = difference
        columns[f"n_order_items_{wording}"] = Column(COUNT, "items with both orders rated", low=0)
    return Schema(("model", "condition"), columns)


@overload
def write_table(table: Any, path: str | Path, schema: Schema) -> None: ...
@overload
def write_table(table: Any, path: str | Path, schema: str, instrument: Instrument) -> None: ...
def write_table(table: Any, path: str | Path, schema: str | Schema, instrument: Instrument | None = None) -> None:
    """Check a table (Arrow, or a pandas frame) against its schema and write it, whole or not at all.

    ``schema`` is the name of a table, which the instrument defines, or a schema of one's own.
    """
    schema = _schema(schema, instrument)
    if not isinstance(table, pa.Table):
        table = pa.Table.from_pandas(table, preserve_index=False)
    table = conform(table, schema, path)
    path = Path(path)
    with written_whole(path) as partial:
        if path.suffix == ".csv":
            pyarrow.csv.write_csv(_decoded(table), partial)
        else:
            pyarrow.parquet.write_table(table, partial, compression="zstd")


@contextmanager
def written_in_parts(path: str | Path, schema: str, instrument: Instrument) -> Iterator[Callable[[pa.Table], None]]:
    """Give a function that checks the next part of a table and writes it, so that nobody holds the whole table.

    The file is Parquet, a row group for each part, and appears whole or not at all. A part holds all rows of its
    subjects (model and condition), so that a key that is unique in every part is unique. The
    first part tells which optional columns all have.
    """
    known, seen = schemas(instrument)[schema], _Subjects(path)
    with written_whole(path) as partial, ExitStack() as opened:
        writer: pyarrow.parquet.ParquetWriter | None = None

        def write(part: pa.Table) -> None:
            nonlocal writer
            part = conform(part, known, seen.next_part())
            seen.add(part)
            writer = writer or opened.enter_context(
                pyarrow.parquet.ParquetWriter(partial, part.schema, compression="zstd")
            )
            writer.write_table(part, row_group_size=max(part.num_rows, 1))

        yield write


def write_csv(frame: Any, path: str | Path) -> None:
    """Write a pandas frame that people open, and no later stage relies on, whole or not at all."""
    with written_whole(path) as partial:
        frame.to_csv(partial, index=False)


@overload
def read_table(path: str | Path, schema: Schema, *, columns: Sequence[str] | None = None) -> pa.Table: ...
@overload
def read_table(
    path: str | Path, schema: str, instrument: Instrument, columns: Sequence[str] | None = None
) -> pa.Table: ...
def read_table(
    path: str | Path,
    schema: str | Schema,
    instrument: Instrument | None = None,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Read a table and check it against its schema; ``columns`` reads (and checks) only those."""
    schema = _schema(schema, instrument)
    names = list(schema.columns) if columns is None else list(columns)
    try:
        if Path(path).suffix == ".csv":
            types = {name: _plain(column.type) for name, column in schema.columns.items()}
            options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True)
            table = pyarrow.csv.read_csv(path, convert_options=options)
        else:
            # read_table() would import pandas by way of the dataset module: half a second in every small job.
            with pyarrow.parquet.ParquetFile(path) as file:
                table = file.read(columns=_present(schema, names, file.schema_arrow.names))
    except (pa.ArrowException, OSError) as problem:
        raise InputError(path, f"cannot be read ({problem}).", "Remove the file and run again.") from None
    return conform(table, _of_columns(schema, names), path)


def read_parts(path: str | Path, schema: str, instrument: Instrument, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Read a table of ``written_in_parts`` part by part, and check ``columns``; these must hold the key."""
    known, seen = schemas(instrument)[schema], _Subjects(path)
    with pyarrow.parquet.ParquetFile(path) as file:
        present = _present(known, columns, file.schema_arrow.names)
        part_schema = _of_columns(known, present)
        for number in range(file.num_row_groups):
            part = file.read_row_group(number, columns=present)
            part = conform(part, part_schema, seen.next_part())
            seen.add(part)
            yield part


def _schema(schema: str | Schema, instrument: Instrument | None) -> Schema:
    if isinstance(schema, Schema):
        return schema
    assert instrument is not None, f"the table {schema} is defined by an instrument"
    return schemas(instrument)[schema]


class _Subjects:
    """The subjects of the parts of a table so far, each of which belongs to one part."""

    def __init__(self, path: str | Path) -> None:
        self.path, self.parts, self.seen = path, 0, set[tuple[str, str]]()

    def next_part(self) -> str:
        """Count a part, and name it for messages."""
        self.parts += 1
        return f"{self.path}, part {self.parts}"

    def add(self, part: pa.Table) -> None:
        names = ["model", "condition"]
        for row in part.select(names).group_by(names, use_threads=False).aggregate([]).to_pylist():
            model, condition = subject = row["model"], row["condition"]
            if subject in self.seen:
                where = f"{self.path}, part {self.parts}"
                raise InputError(where, f"repeats model {model}, condition {condition}.", "Each may be in one part.")
            self.seen.add(subject)


def _of_columns(schema: Schema, names: Sequence[str]) -> Schema:
    """The schema of a table with only these columns, and with its key where they hold it."""
    key = tuple(name for name in schema.key if name in names or not schema.columns[name].optional)
    return Schema(key if set(key) <= set(names) else (), {name: schema.columns[name] for name in names})


def _present(schema: Schema, names: Sequence[str], held: Collection[str]) -> list[str]:
    """Those of the columns ``names`` that a table has which holds ``held``: all but optional ones that it lacks."""
    return [name for name in names if name in held or not schema.columns[name].optional]


def _arrow_schema(schema: Schema) -> pa.Schema:
    return pa.schema([(name, column.type) for name, column in schema.columns.items()])


def _plain(type_: pa.DataType) -> pa.DataType:
    return type_.value_type if pa.types.is_dictionary(type_) else type_


def _decoded(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([(field.name, _plain(field.type)) for field in table.schema]))


def conform(table: pa.Table, schema: Schema, path: str | Path) -> pa.Table:
    """The table with the columns and types of its schema, after its ranges and its key were checked."""
    schema = _of_columns(schema, _present(schema, list(schema.columns), table.column_names))
    missing = [name for name in schema.columns if name not in table.column_names]
    if missing:
        raise InputError(path, f"lacks the column(s) {', '.join(missing)}.", "Remove the file and run again.")
    table = table.select(list(schema.columns))
    try:
        table = table.cast(_arrow_schema(schema))
    except pa.ArrowException as problem:
        raise InputError(path, f"has a column of another type ({problem}).", "Remove it and run again.") from None
    for name, column in schema.columns.items():
        _check_column(table.column(name), name, column, path)
    if schema.key and (row := _repeated_row(table, schema.key)) is not None:
        cells = ", ".join(f"{name} {table.column(name)[row].as_py()}" for name in schema.key)
        raise InputError(f"{path}, row {row + 1}", f"repeats {cells}.", "Each may stand there once.")
    return table


def _check_column(values: pa.ChunkedArray, name: str, column: Column, path: str | Path) -> None:
    def row_of(mask: pa.ChunkedArray) -> int:
        return pc.index(mask, True).as_py() + 1

    if values.null_count and not column.nullable:
        raise InputError(f"{path}, row {row_of(pc.is_null(values))}", f"has no {name}.", "Every row needs one.")
    if column.texts is not None:
        for text in pc.unique(values).to_pylist():
            if text is not None and text not in column.texts:
                row = row_of(pc.equal(values.cast(pa.string()), text))
                raise InputError(
                    f"{path}, row {row}",
                    f"the {name} {shown(text)} is none of those known.",
                    f"It may be {', '.join(column.texts[:20])}.",
                )
    if column.low is None and column.high is None:
        return
    for limit, beyond in ((column.low, pc.less), (column.high, pc.greater)):
        # A correlation of 1 may come out as 1 + 2e-16.
        if limit is not None:
            slack = 1e-9 * (1 if beyond is pc.greater else -1) if pa.types.is_floating(values.type) else 0
            mask = pc.fill_null(beyond(values, pa.scalar(limit + slack)), False)
            if pc.any(mask).as_py():
                row = row_of(mask)
                raise InputError(
                    f"{path}, row {row}",
                    f"{name} is {values[row - 1].as_py()}, outside {column.low} to {column.high}.",
                    "Correct the source of this table.",
                )


def _repeated_row(table: pa.Table, key: tuple[str, ...]) -> int | None:
    """The index of the first row whose key stood in an earlier row, or None."""
    # One integer per row: strings would need gigabytes at ten million rows.
    rows = np.zeros(table.num_rows, np.int64)
    for name in key:
        column = table.column(name)
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        codes = column.unify_dictionaries().combine_chunks()
        # Where a key may be null, null is one more value.
        indices = pc.fill_null(codes.indices, len(codes.dictionary))
        rows = rows * (len(codes.dictionary) + 1) + indices.to_numpy()
    first = np.unique(rows, return_index=True)[1]
    if len(first) == len(rows):
        return None
    return int(np.setdiff1d(np.arange(len(rows)), first)[0])
