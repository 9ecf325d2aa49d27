"""Fingerprints of small tables."""

import numpy as np
import pandas as pd
import pytest
from value_portrait.paper.certifying.seals import fingerprint, fingerprints, seals_hold

TABLE = pd.DataFrame({"a": [1, 2], "b": [0.1, np.nan]})
# By sha256sum of the lines "a,b", "1,0.1" and "2,", without a line break at the end.
SHA256 = "7190eda30b6d2b7258f895f4b3ace9ab78d368433e08fab4873491f45d662331"
STATED = pd.DataFrame([["2", SHA256]], index=["t"])


def test_a_fingerprint_is_of_all_cells_in_any_order_of_rows():
    assert fingerprint(TABLE) == fingerprint(TABLE.iloc[::-1]) == SHA256
    found = fingerprints({"raw tables": {"t": TABLE}}, STATED)
    assert found.to_dict("records") == [
        {"check": "raw tables", "table": "t", "rows": "2", "sha256": SHA256, "as_stated": True}
    ]
    (held,) = seals_hold(found)
    assert (held.name, held.holds, held.evidence) == ("raw tables", True, "1 tables of 2 rows")


@pytest.mark.parametrize(
    "other",
    [
        TABLE.assign(b=[0.1 + 2e-17, np.nan]),
        TABLE.assign(b=[0.1, 0]),
        TABLE.iloc[:1],
        TABLE.assign(a=[2, 1]),
        TABLE.rename(columns={"a": "c"}),
        pd.concat([TABLE, TABLE.iloc[:1]]),
    ],
)
def test_another_cell_is_another_fingerprint(other):
    found = fingerprints({"answer files": {"t": other}, "printed tables": {"t": TABLE, "new": TABLE}}, STATED)
    answers, printed = seals_hold(found)
    assert (answers.holds, printed.holds) == (False, False)
    assert answers.evidence == f"1 of 1 tables of {len(other)} rows not: t {len(other)} {fingerprint(other)}"
    # What nobody has stated is not as stated.
    assert printed.evidence == f"1 of 2 tables of 4 rows not: new 2 {SHA256}"
