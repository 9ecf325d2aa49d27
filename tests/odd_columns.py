"""Columns of Parquet files of all kinds, most of which are not what a table wants."""

import pyarrow as pa


def odd_columns(rows: int) -> dict[str, pa.Array]:
    """So many rows of each kind of column, by what it is."""
    return {
        "nulls": pa.nulls(rows),
        "truth": pa.array([True] * rows),
        "lists": pa.array([[1]] * rows),
        "objects": pa.array([{"a": 1}] * rows),
        "maps": pa.array([[(1, 2)]] * rows, pa.map_(pa.int8(), pa.int8())),
        "bytes": pa.array([b"\xff"] * rows),
        "days": pa.array([0] * rows, pa.date32()),
        "times": pa.array([0] * rows, pa.timestamp("ns")),
        "spans": pa.array([1] * rows, pa.duration("s")),
        "decimals": pa.array([1] * rows).cast(pa.decimal128(30, 2)),
        "encoded numbers": pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int8()), pa.array([1, 2])),
        "encoded texts": pa.array(["1"] * rows).dictionary_encode(),
        "orders to a terminal": pa.array(["\x1b[2J"] * rows),
        "formulas": pa.array(["=1+1"] * rows),
        "no numbers": pa.array([float("nan")] * rows),
        "numbers without end": pa.array([float("inf")] * rows),
        "numbers below 0": pa.array([-1] * rows),
        "large numbers": pa.array([2**64 - 1] * rows, pa.uint64()),
        "large texts": pa.array(["x" * 5000] * rows, pa.large_string()),
    }
