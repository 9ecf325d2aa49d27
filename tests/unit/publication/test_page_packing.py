"""What is packed for the page is read there as it was, whatever it says."""

import base64
import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from unpacking import unpack
from value_portrait.publication.page.packing import Packed, as_columns, cut, pack

HOSTILE = (
    "</script><script>hit()</script>",
    "<!--",
    "a\0b",
    "a\0c",
    "\ud800",
    "\udfff\ud800",
    "\u202e\u2066turned",
    "\u2028\x1b[31m\ufeff",
    '"\\u003c',
    "nan",
    "None",
    "",
)
# Halves of pairs, too: a model's words, cut anywhere, may end in one.
TEXTS = st.none() | st.sampled_from(HOSTILE) | st.text(st.characters())
LARGEST = 2**31 - 1
INTEGERS = st.none() | st.integers(-LARGEST, LARGEST) | st.sampled_from([-128, -127, 127, 128, 2**15, -(2**15)])
SHARES = st.none() | st.floats(-2, 2)


@given(st.lists(st.tuples(TEXTS, INTEGERS, SHARES, st.none() | st.booleans()), max_size=20))
@example([("x" * 1_000_000 + "</script>", 0, 0.0, None)])
@settings(max_examples=150)
def test_tables_are_read_as_they_were(rows):
    columns = ["said", "count", "share", "real"]
    table = pd.DataFrame(
        {name: pd.Series([row[place] for row in rows], dtype="object") for place, name in enumerate(columns)}
    )
    typed = table.astype({"share": "float64"})  # numbers may stand as objects, too
    packed = pack({"one": Packed(typed, {"share": 0.001}), "other": Packed(typed[["count", "said"]])})
    read = unpack(packed)
    assert read["one"]["said"].tolist() == read["other"]["said"].tolist() == table["said"].tolist()
    assert read["one"]["count"].tolist() == read["other"]["count"].tolist() == table["count"].tolist()
    assert read["one"]["real"].tolist() == table["real"].tolist()
    for was, now in zip(table["share"], read["one"]["share"], strict=True):
        assert (was is None and now is None) or now == pytest.approx(was, abs=0.0005 + 1e-9)


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_a_pack_can_stand_in_a_page(texts):
    packed = pack({"one": Packed(pd.DataFrame({"said": pd.Series(texts, dtype="object")}))})
    assert set(packed) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    # A browser's JSON has no NaN.
    assert b"NaN" not in gzip.decompress(base64.b64decode(packed)).split(b'"texts"')[0]


def test_numbers_without_a_unit_keep_seven_digits():
    numbers = [0.1, np.pi, -1e-5, np.nan]
    read = unpack(pack({"one": Packed(pd.DataFrame({"x": numbers}))}))["one"]["x"]
    assert read.tolist()[:3] == pytest.approx(numbers[:3], rel=1e-6)
    assert read.tolist()[3] is None


def test_a_table_without_rows_has_its_columns():
    read = unpack(pack({"none": as_columns([], ["model", "size"])}))["none"]
    assert read.columns.tolist() == ["model", "size"]
    assert read.empty


def test_equal_tables_make_equal_packs():
    table = Packed(pd.DataFrame({"model": ["a", "b", "a"], "x": [1, 2, 3]}))
    assert pack({"one": table}) == pack({"one": table})


def test_a_p_below_a_limit_stays_below_it():
    p = pd.Series([0.0009999, 0.001, 0.04997501, 0.05, 0.0003, 1.0, 0.0, np.nan])
    read = unpack(pack({"one": Packed(pd.DataFrame({"p": cut(p, 0.0001)}), {"p": 0.0001})}))["one"]["p"].tolist()
    assert read[:-1] == pytest.approx([0.0009, 0.001, 0.0499, 0.05, 0.0003, 1.0, 0.0])
    assert read[-1] is None
