"""Ratings from all raw answers, by both parsers, and how many answers of which kind there are."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.scores.reading import count_answers, numbered, rate_answers
from value_portrait.tables import read_table, write_table, written_in_parts

AT_ONCE = 100  # models' answers in memory


def parse_answers(
    answers: Sequence[str], items: str, ratings: str, counts: str, parser: str, instrument: Instrument
) -> None:
    """Write the tables ``ratings`` (models one after the other) and ``answer_counts``, of answers to these items."""
    asked = read_table(items, "items", instrument, ["item_id"])["item_id"].combine_chunks()
    columns = ["model", "condition", "prompt_version", "item_id", "repeat", "raw_response", "outcome"]
    repeated = any("repeat" in pyarrow.parquet.read_schema(path).names for path in answers)
    counted = []
    with written_in_parts(ratings, "ratings", instrument) as write:
        for start in range(0, len(answers), AT_ONCE):
            own = answers[start : start + AT_ONCE]
            tables = (read_table(path, "answers", instrument, columns) for path in own)
            tables = (table.filter(pc.is_in(table["item_id"], asked)) for table in tables)
            rated = rate_answers(map(numbered, tables) if repeated else tables, parser, instrument)
            write(rated)
            counted.append(count_answers(rated))
    write_table(pa.concat_tables(counted), counts, "answer_counts", instrument)


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        parse_answers(
            snakemake.input.answers,
            snakemake.input.item_table,
            snakemake.output.ratings,
            snakemake.output.counts,
            snakemake.params.parser,
            as_instrument(snakemake.params.instrument),
        )
