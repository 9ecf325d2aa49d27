import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from value_portrait.wording import MOST_NAMED, counted, extremes, percent


@pytest.mark.parametrize(
    ("numbers", "form", "said"),
    [
        ({"a": 3, "b": 12, "c": 5}, str, "3 (a) to 12 (b)"),
        ({"a": 0.09, "b": 0.72, "c": 0.094}, percent, "9 % (a, c) to 72 % (b)"),
        ({"a": -0.001, "b": 1.0}, "{:z.2f}".format, "0.00 (a) to 1.00 (b)"),
        ({"a": 0.5}, percent, "50 % (a)"),
        ({"a": 1, "b": 1, "c": 1}, str, "1 (a, b, c)"),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 2}, str, "1 (4 of 5 values) to 2 (e)"),
    ],
)
def test_the_ends_of_a_range_and_whose_they_are(numbers, form, said):
    assert extremes(pd.Series(numbers), form, "values") == said


def test_one_of_a_kind_is_none_in_the_plural():
    assert [counted(number, "item") for number in (0, 1, 2, 1200)] == ["0 items", "1 item", "2 items", "1,200 items"]
    assert [counted(number, "query", "queries") for number in (1, 2)] == ["1 query", "2 queries"]


@given(st.lists(st.integers(-30, 30), min_size=1, max_size=8))
def test_whose_an_end_is_counts_all_that_have_it(numbers):
    own = pd.Series(numbers, index=[f"m{place}" for place in range(len(numbers))])
    ends = extremes(own, str, "models").split(" to ")
    assert [int(end.split(" ")[0]) for end in ends] == sorted({min(numbers), max(numbers)})
    for end in ends:
        number, _, names = end.partition(" ")
        held = [name for name, value in own.items() if value == int(number)]
        many = f"({len(held)} of {len(own)} models)"
        assert names == (f"({', '.join(held)})" if len(held) <= MOST_NAMED else many)
