import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import SMALL
from value_portrait.scores.ratings import NO_RATING, Ratings, arrange_ratings, read_ratings
from value_portrait.tables import write_table, written_in_parts

GONE = NO_RATING
RATINGS = Ratings(
    [("a", "baseline"), ("a", "he"), ("b", "baseline")],
    ["v", "w"],
    ["1-1", "1-2"],
    np.array([[[0, -3], [1, GONE]], [[GONE, 2], [GONE, 2]], [[-3, 0], [-2, 0]]], np.int8),
)


def test_no_rating_is_below_every_scale():
    assert NO_RATING == -128
    assert RATINGS.rated.sum() == 9
    assert RATINGS.rated[0, 0].all()  # 0 and -3 are ratings


def test_averages_over_zero_and_negative_ratings_by_hand():
    np.testing.assert_array_equal(RATINGS.averages(), [[0.5, -3], [np.nan, 2], [-2.5, 0]])


@pytest.mark.filterwarnings("error")
def test_averages_of_many_versions_do_not_overflow():
    many = Ratings([("a", "baseline")], [f"v{n}" for n in range(300)], ["1-1"], np.full((1, 300, 1), 11, np.int8))
    assert many.averages().tolist() == [[11]]


def test_observations_are_each_version_or_the_averages():
    rows = RATINGS.observations("model_by_version")
    np.testing.assert_array_equal(rows, [[0, -3], [1, np.nan], [np.nan, 2], [np.nan, 2], [-3, 0], [-2, 0]])
    np.testing.assert_array_equal(RATINGS.observations("model"), RATINGS.averages())


def test_under_keeps_the_subjects_of_one_condition():
    own = RATINGS.under("baseline")
    assert own.subjects == [("a", "baseline"), ("b", "baseline")]
    np.testing.assert_array_equal(own.values, RATINGS.values[[0, 2]])
    assert (own.versions, own.items) == (["v", "w"], ["1-1", "1-2"])
    assert RATINGS.under("he").subjects == [("a", "he")]
    nobody = RATINGS.under("she")
    assert nobody.subjects == []
    assert nobody.values.shape == (0, 2, 2)


def test_take_follows_the_given_order():
    own = RATINGS.take((2, 0))
    assert own.subjects == [("b", "baseline"), ("a", "baseline")]
    np.testing.assert_array_equal(own.values, RATINGS.values[[2, 0]])
    assert (own.versions, own.items) == (["v", "w"], ["1-1", "1-2"])


SUBJECTS = [("b", "baseline"), ("b", "he"), ("a", "he"), ("a", "baseline"), ("c", "she")]
VERSIONS, ITEMS = ["b", "a", "a_turned"], ["2-1", "1-1"]


def stored(values, order=None):
    """The table ``ratings`` of some subjects under three versions, in the given order of its rows."""
    cells = list(np.ndindex(values.shape))
    cells = cells if order is None else [cells[n] for n in order]
    told = pa.array([None if values[cell] == GONE else int(values[cell]) for cell in cells], pa.int8())
    columns = {
        "model": [SUBJECTS[s][0] for s, _, _ in cells],
        "condition": [SUBJECTS[s][1] for s, _, _ in cells],
        "prompt_version": [VERSIONS[v] for _, v, _ in cells],
        "item_id": [ITEMS[i] for _, _, i in cells],
    }
    table = {name: pa.array(column).dictionary_encode() for name, column in columns.items()}
    ratings = dict.fromkeys(("rating", "published_rating"), told) | {"strict_rating": pa.nulls(len(cells), pa.int8())}
    return pa.table(table | ratings | {"answer_class": pa.array(["plain"] * len(cells)).dictionary_encode()})


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_subjects_stand_in_the_order_in_which_they_appear(seed, number):
    rng = np.random.default_rng(seed)
    values = rng.choice([0, 1, 2, 3, 4, GONE], (number, 3, 2)).astype(np.int8)
    order = rng.permutation(values.size)
    table = stored(values, order)
    found = arrange_ratings(table, "rating", VERSIONS, ITEMS)
    seen = list(dict.fromkeys(zip(table["model"].to_pylist(), table["condition"].to_pylist(), strict=True)))
    assert found.subjects == seen
    np.testing.assert_array_equal(found.values, values[[SUBJECTS.index(subject) for subject in seen]])
    assert found.values.dtype == np.int8
    assert (found.versions, found.items) == (VERSIONS, ITEMS)


def test_cells_without_a_row_have_no_rating():
    values = np.ones((2, 3, 2), np.int8)
    found = arrange_ratings(stored(values).slice(1), "rating", VERSIONS, ITEMS)
    assert (found.values == NO_RATING).sum() == 1
    assert found.values[0, 0, 0] == NO_RATING


def test_a_table_without_rows_has_no_subjects():
    found = arrange_ratings(stored(np.empty((0, 3, 2), np.int8)), "rating", VERSIONS, ITEMS)
    assert found.subjects == []
    assert found.values.shape == (0, 3, 2)


def test_the_stored_table_comes_back_whole(tmp_path):
    values = np.array([[[0, 4], [1, GONE], [2, 3]], [[GONE, 0], [1, 1], [4, 4]]], np.int8)
    table = stored(values)
    write_table(table, tmp_path / "ratings.parquet", "ratings", SMALL)
    found = read_ratings(tmp_path / "ratings.parquet", "rating", tuple(VERSIONS), tuple(ITEMS), SMALL)
    assert found.subjects == SUBJECTS[:2]
    np.testing.assert_array_equal(found.values, values)
    assert (found.versions, found.items) == (VERSIONS, ITEMS)
    assert not read_ratings(tmp_path / "ratings.parquet", "strict_rating", VERSIONS, ITEMS, SMALL).rated.any()


def test_repeats_are_averaged_within_a_version_and_then_over_versions(tmp_path):
    """Model m was asked three times, n once; a refusal is no rating."""
    again = np.array([[[[0, 4, GONE], [1, 1, 4]], [[2, 2, 2], [GONE] * 3], [[4, GONE, GONE], [0, 0, 0]]]], np.int8)
    once = np.array([[[[3], [3]], [[1], [GONE]], [[2], [4]]]], np.int8)
    rows = []
    for (model, condition), block in zip(SUBJECTS[:2], (again[0], once[0]), strict=True):
        for (v, i, r), rating in np.ndenumerate(block):
            cells = {"model": model, "condition": condition, "prompt_version": VERSIONS[v], "item_id": ITEMS[i]}
            rows.append(cells | {"repeat": r, "rating": None if rating == NO_RATING else int(rating)})
    frame = pd.DataFrame(rows).astype({"rating": "Int8"})
    frame = frame.assign(published_rating=frame["rating"], strict_rating=frame["rating"], answer_class="plain")
    with written_in_parts(tmp_path / "ratings.parquet", "ratings", SMALL) as write:
        for _, part in frame.groupby("model", sort=False):
            write(pa.Table.from_pandas(part, preserve_index=False))
    found = read_ratings(tmp_path / "ratings.parquet", "rating", VERSIONS, ITEMS, SMALL)
    np.testing.assert_array_equal(found.values[0], [[2, 2], [2, NO_RATING], [4, 0]])
    np.testing.assert_array_equal(found.values[1], once[0, ..., 0])
    np.testing.assert_allclose(found.averages(), [[8 / 3, 1], [2, 3.5]])
    np.testing.assert_array_equal(found.single[0], again[0])
    np.testing.assert_array_equal(found.single[1, ..., 1:], NO_RATING)
    np.testing.assert_array_equal(found.take([1]).repeats, found.repeats[1:])
