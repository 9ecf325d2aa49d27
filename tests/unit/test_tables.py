import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from instruments import VALUE_PORTRAIT
from value_portrait.errors import InputError
from value_portrait.files import written_whole
from value_portrait.scores.ratings import NO_RATING, read_ratings
from value_portrait.tables import (
    REPEATED_TEXT,
    Column,
    Schema,
    read_parts,
    read_table,
    schemas,
    write_table,
    written_in_parts,
)


def key(**changes):
    rows = {"item_id": ["1-1", "1-2"], "family": ["pvq"] * 2, "dimension": ["Power"] * 2, "rho": [0.4, 0.5]}
    return pd.DataFrame({**rows, "polarity": [1, 1], **changes})


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_comes_back_as_it_was(tmp_path, suffix):
    path = tmp_path / f"item_key.{suffix}"
    write_table(key(rho=[0.1 + 0.2, 1 / 3]), path, "item_key", VALUE_PORTRAIT)
    back = read_table(path, "item_key", VALUE_PORTRAIT).to_pandas()
    pd.testing.assert_frame_equal(
        back.astype({"family": str, "dimension": str}), key(rho=[0.1 + 0.2, 1 / 3]).astype({"polarity": "int8"})
    )
    assert read_table(path, "item_key", VALUE_PORTRAIT, columns=["rho"]).column_names == ["rho"]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"rho": [0.4, 1.5]}, "row 2: rho is 1.5, outside -1 to 1"),
        ({"item_id": ["1-1", None]}, "row 2: has no item_id"),
        ({"item_id": ["1-1", "1-1"]}, "row 2: repeats item_id 1-1, family pvq, dimension Power"),
        ({"rho": ["a", "b"]}, "column of another type"),
    ],
)
@pytest.mark.parametrize("existing", [False, True])
def test_a_table_that_breaks_its_schema_is_not_written(tmp_path, changes, complaint, existing):
    path = tmp_path / "item_key.csv"
    if existing:
        path.write_text("earlier")
    with pytest.raises(InputError, match=complaint):
        write_table(key(**changes), path, "item_key", VALUE_PORTRAIT)
    assert [file.name for file in tmp_path.iterdir()] == (["item_key.csv"] if existing else [])
    assert not existing or path.read_text() == "earlier"


def test_reading_checks_too(tmp_path):
    path = tmp_path / "item_key.csv"
    path.write_text('item_id,family,dimension,rho,polarity\n"1-1",pvq,Power,3,1\n')
    with pytest.raises(InputError, match=r"rho is 3\.0"):
        read_table(path, "item_key", VALUE_PORTRAIT)
    path.write_text("item_id,family\n1-1,pvq\n")
    with pytest.raises(InputError, match="lacks the column"):
        read_table(path, "item_key", VALUE_PORTRAIT)


def test_an_empty_cell_of_a_key_is_a_value_like_any_other(tmp_path):
    schema = Schema(("a", "b"), {name: Column(REPEATED_TEXT, name, nullable=True) for name in "ab"})
    rows = pd.DataFrame({"a": ["x", "x", "y", None], "b": ["u", None, None, None]})
    write_table(rows, tmp_path / "whole.csv", schema)
    assert read_table(tmp_path / "whole.csv", schema).to_pandas().isna().sum().tolist() == [1, 3]
    with pytest.raises(InputError, match="row 5: repeats a y, b None"):
        write_table(pd.concat([rows, rows[2:3]]), tmp_path / "twice.csv", schema)


def test_repeated_rows_are_found_across_dictionaries(tmp_path):
    parts = [pa.table({"query_id": ["1"], "topic": pa.array([topic]).cast(pa.string())}) for topic in ("a", "b", "a")]
    with pytest.raises(InputError, match="row 3: repeats query_id 1, topic a"):
        write_table(pa.concat_tables(parts), tmp_path / "topics.csv", "topics", VALUE_PORTRAIT)


def part_of_ratings(model, ratings, items=("1-1", "1-2"), classes=("plain", "empty")):
    """Rows of one model; ``items`` and ``classes`` are dictionaries of which the rows use the first entries."""
    codes = pa.array(range(len(ratings)), pa.int32())

    def column(*names):
        return pa.DictionaryArray.from_arrays(pa.array([0] * len(ratings), pa.int32()), pa.array(names, pa.string()))

    return pa.table(
        {
            "model": column(model, "of no row"),
            "condition": column("baseline"),
            "prompt_version": column("v1"),
            "item_id": pa.DictionaryArray.from_arrays(codes, list(items)),
            **{name: pa.array(ratings, pa.int8()) for name in ("rating", "published_rating", "strict_rating")},
            "answer_class": column(*classes),
        }
    )


def test_a_table_written_in_parts_is_read_in_parts_or_whole(tmp_path):
    parts = [
        part_of_ratings("a", [1, 6]),
        part_of_ratings("b", [None, None], items=("1-2", "1-1", "1-3"), classes=("empty",)),  # other dictionaries
        part_of_ratings("c", [], classes=()),
        part_of_ratings("d", [2]),
    ]
    path = tmp_path / "ratings.parquet"
    with written_in_parts(path, "ratings", VALUE_PORTRAIT) as write:
        for part in parts:
            write(part)
    columns = ["model", "condition", "prompt_version", "item_id", "rating"]
    back = list(read_parts(path, "ratings", VALUE_PORTRAIT, columns))
    assert [part.to_pylist() for part in back] == [part.select(columns).to_pylist() for part in parts]
    assert read_table(path, "ratings", VALUE_PORTRAIT).to_pylist() == pa.concat_tables(parts).to_pylist()
    values = read_ratings(path, "rating", ["v1"], ["1-1", "1-2", "1-3"], VALUE_PORTRAIT)
    assert values.subjects == [("a", "baseline"), ("b", "baseline"), ("d", "baseline")]
    none = NO_RATING
    assert values.values.tolist() == [[[1, 6, none]], [[none, none, none]], [[2, none, none]]]


@pytest.mark.parametrize(
    ("part", "complaint"),
    [
        (part_of_ratings("a", [3]), "part 2: repeats model a, condition baseline"),
        (part_of_ratings("b", [3, 7]), "part 2, row 2: rating is 7, outside 1 to 6"),
        (pa.concat_tables([part_of_ratings("b", [3]), part_of_ratings("b", [4])]), "part 2, row 2: repeats model b"),
    ],
)
def test_a_part_that_breaks_the_schema_is_neither_written_nor_read(tmp_path, part, complaint):
    path = tmp_path / "ratings.parquet"

    def write_all():
        with written_in_parts(path, "ratings", VALUE_PORTRAIT) as write:
            write(part_of_ratings("a", [1]))
            write(part)

    with pytest.raises(InputError, match=complaint):
        write_all()
    assert list(tmp_path.iterdir()) == []
    with pyarrow.parquet.ParquetWriter(path, part.schema) as writer:
        writer.write_table(part_of_ratings("a", [1]).cast(part.schema))
        writer.write_table(part)
    with pytest.raises(InputError, match=complaint):
        list(read_parts(path, "ratings", VALUE_PORTRAIT, list(schemas(VALUE_PORTRAIT)["ratings"].columns)))


def test_every_column_says_what_it_means():
    for schema in schemas(VALUE_PORTRAIT).values():
        assert set(schema.key) <= set(schema.columns)
        assert all(column.meaning for column in schema.columns.values())


def test_a_failed_write_leaves_the_earlier_file_alone(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("earlier")

    def fail():
        with written_whole(path) as partial:
            partial.write_text("half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail()
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]
