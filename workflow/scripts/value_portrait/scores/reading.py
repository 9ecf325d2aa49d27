"""All answers read by both parsers: ratings, and how many answers of which kind there are."""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from value_portrait.instrument import Instrument
from value_portrait.responses.parsing import ANSWER_CLASSES, parse_published, parse_strict
from value_portrait.scores.ratings import NO_RATING, Ratings, arrange_ratings
from value_portrait.tables import conform, schemas


def rate_answers(answers: Iterable[pa.Table], parser: str, instrument: Instrument) -> pa.Table:
    """The ratings of all answers by both parsers; ``rating`` is that of ``parser`` (``published`` or ``strict``).

    Each table of ``answers`` is parsed and let go before the next is read. The result has the columns of the table
    ``ratings``, and ``outcome``.
    """
    # Bounded, for answers with explanations are all different.
    published = lru_cache(1000)(partial(parse_published, instrument=instrument))
    strict = lru_cache(1000)(partial(parse_strict, instrument=instrument))
    parts = []
    for table in answers:
        texts = table["raw_response"].unify_dictionaries().combine_chunks()
        words = [*texts.dictionary.to_pylist(), None]
        codes = texts.indices.fill_null(len(words) - 1).to_numpy()
        read = [strict(text) for text in words]
        by_published = _take([published(text) for text in words], codes)
        by_strict = _take([parsed.rating for parsed in read], codes)
        classes = [ANSWER_CLASSES.index(parsed.answer_class) for parsed in read]
        parts.append(
            table.drop_columns("raw_response")
            .append_column("rating", by_published if parser == "published" else by_strict)
            .append_column("published_rating", by_published)
            .append_column("strict_rating", by_strict)
            .append_column(
                "answer_class",
                pa.DictionaryArray.from_arrays(pa.array(np.array(classes, np.int32)[codes]), pa.array(ANSWER_CLASSES)),
            )
        )
    return pa.concat_tables([part.select(parts[0].column_names) for part in parts]).unify_dictionaries()


def numbered(answers: pa.Table) -> pa.Table:
    """The table ``answers`` with its column ``repeat``, as a table beside it has one."""
    if "repeat" in answers.column_names:
        return answers
    return answers.append_column("repeat", pa.array(np.zeros(len(answers), np.int8)))


def rate_and_arrange(
    answers: Sequence[pa.Table], parser: str, versions: Sequence[str], items: Sequence[str], instrument: Instrument
) -> Ratings:
    """The ratings of all tables ``answers`` by one parser as one block; there may be none."""
    if not answers:
        return Ratings([], list(versions), list(items), np.empty((0, len(versions), len(items)), np.int8))
    schema = schemas(instrument)
    tables = [conform(table, schema["answers"], "answers") for table in answers]
    if any("repeat" in table.column_names for table in tables):
        tables = [numbered(table) for table in tables]
    rated = rate_answers(tables, parser, instrument)
    return arrange_ratings(conform(rated, schema["ratings"], "ratings"), "rating", versions, items)


def count_answers(ratings: pa.Table) -> pa.Table:
    """How many answers of each outcome and class every subject gave, and on how many the parsers disagree."""
    names = ["model", "condition", "outcome", "answer_class"]
    differ = pc.not_equal(*(pc.fill_null(ratings[f"{parser}_rating"], NO_RATING) for parser in ("published", "strict")))
    counts = (
        ratings.select(names)
        .append_column("differ", differ)
        .group_by(names, use_threads=False)
        .aggregate([("differ", "count"), ("differ", "sum")])
    )
    return counts.rename_columns([*names, "answers", "disagreements"])


def _take(ratings: list[int | None], codes: np.ndarray) -> pa.Array:
    return pa.array(ratings, pa.int8()).take(pa.array(codes))
