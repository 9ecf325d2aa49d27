import pandas as pd
import pyarrow as pa
import pytest
from value_portrait.errors import InputError
from value_portrait.files import written_whole
from value_portrait.tables import SCHEMAS, read_table, write_table


def key(**changes):
    rows = {"item_id": ["1-1", "1-2"], "family": ["pvq"] * 2, "dimension": ["Power"] * 2, "rho": [0.4, 0.5]}
    return pd.DataFrame({**rows, "polarity": [1, 1], **changes})


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_comes_back_as_it_was(tmp_path, suffix):
    path = tmp_path / f"item_key.{suffix}"
    write_table(key(rho=[0.1 + 0.2, 1 / 3]), path, "item_key")
    back = read_table(path, "item_key").to_pandas()
    pd.testing.assert_frame_equal(
        back.astype({"family": str, "dimension": str}), key(rho=[0.1 + 0.2, 1 / 3]).astype({"polarity": "int8"})
    )
    assert read_table(path, "item_key", ["rho"]).column_names == ["rho"]


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
        write_table(key(**changes), path, "item_key")
    assert [file.name for file in tmp_path.iterdir()] == (["item_key.csv"] if existing else [])
    assert not existing or path.read_text() == "earlier"


def test_reading_checks_too(tmp_path):
    path = tmp_path / "item_key.csv"
    path.write_text('item_id,family,dimension,rho,polarity\n"1-1",pvq,Power,3,1\n')
    with pytest.raises(InputError, match=r"rho is 3\.0"):
        read_table(path, "item_key")
    path.write_text("item_id,family\n1-1,pvq\n")
    with pytest.raises(InputError, match="lacks the column"):
        read_table(path, "item_key")


def test_repeated_rows_are_found_across_dictionaries(tmp_path):
    parts = [pa.table({"query_id": ["1"], "topic": pa.array([topic]).cast(pa.string())}) for topic in ("a", "b", "a")]
    with pytest.raises(InputError, match="row 3: repeats query_id 1, topic a"):
        write_table(pa.concat_tables(parts), tmp_path / "topics.csv", "topics")


def test_every_column_says_what_it_means():
    for schema in SCHEMAS.values():
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
