"""Ratings from all raw answers, by both parsers, and how many answers of which kind there are."""

from collections.abc import Sequence

import pyarrow as pa
from value_portrait.job import job
from value_portrait.scores.reading import count_answers, rate_answers
from value_portrait.shipped import VALUE_PORTRAIT
from value_portrait.tables import read_table, write_table, written_in_parts

AT_ONCE = 100  # models' answers in memory


def parse_answers(answers: Sequence[str], parser: str, ratings: str, counts: str) -> None:
    """Write the tables ``ratings`` (models one after the other) and ``answer_counts``."""
    columns = ["model", "condition", "prompt_version", "item_id", "raw_response", "outcome"]
    counted = []
    with written_in_parts(ratings, "ratings", VALUE_PORTRAIT) as write:
        for start in range(0, len(answers), AT_ONCE):
            tables = (read_table(path, "answers", columns=columns) for path in answers[start : start + AT_ONCE])
            rated = rate_answers(tables, parser)
            write(rated)
            counted.append(count_answers(rated))
    write_table(pa.concat_tables(counted), counts, "answer_counts")


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        parse_answers(snakemake.input.answers, snakemake.params.parser, **snakemake.output)
