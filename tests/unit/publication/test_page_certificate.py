"""The certificate as the page carries it: every row, printed ones first, and totals as the certificate adds them up."""

import pandas as pd
import pytest
from value_portrait.paper.certifying.paging import certificate_tables
from value_portrait.publication.page.part_certificate import NUMBERS, UNIT, certificate_part, numbers_part

ROWS = pd.DataFrame(
    [
        ("archive: correlation_results", "rho of 1-1 with pvq Power", 0.123456789, 0.2, 0.123456789, "explained"),
        ("archive: correlation_results", "p of 1-1 with pvq Power", 0.5, 0.5, 0.5, "match"),
        ("Table 8", "one: Power", 0.12, -0.11500001, 0.1234, "explained"),
        ("Table 8", "two: Power", 24320, 24320.0, 24320.0, "match"),
        ("Abstract", "highest", "Power, Security", "Power", "Power, Security", "conjectured"),
        ("Text", "people", 681, 649, 649, "unexplained"),
        ("Table 12", "<b>three</b>: Power", 0.3, None, None, "needs live answers"),
        ("Table 8, order of values", "one", "A, B", "A, B", "A, B", "match"),
    ],
    columns=["source", "quantity", *NUMBERS, "status"],
)
CAUSES = ["a cause", "", "a cause; another", "", "a guess", "", "", ""]
EVIDENCE = ["difference 5.6e-17 with the cause", "", "difference 3.4e-03 with the cause", "", "", "tried", "a key", ""]
TOLERANCES = [1e-12, 1e-12, 0.005000001, 0.050000001, None, 0.0, None, None]
FINDINGS = pd.DataFrame(
    [("a cause", "cause", "It is so.", True, "seen"), ("parser", "fact", "So it reads.", True, "113 answers")],
    columns=["name", "kind", "statement", "holds", "evidence"],
)


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    rows = ROWS.assign(cause=CAUSES, evidence=EVIDENCE, made_by="write_tables", tolerance=TOLERANCES)
    rows.to_csv(folder / "certificate.csv", index=False)
    FINDINGS.to_csv(folder / "findings.csv", index=False)
    return certificate_tables(folder / "certificate.csv", folder / "findings.csv")


def quantities(rows):
    words = rows[[name for name in rows if name.startswith("word_")]]
    return [" ".join(word for word in row if isinstance(word, str)) for row in words.to_numpy()]


def test_every_row_is_there_the_printed_ones_first_and_its_words_come_together_again(tables):
    rows = numbers_part(tables)["rows"].table
    archived = rows["source"].str.startswith("archive: ")
    printed = ~archived & (rows["source"] != "Table 8, order of values")
    assert rows.index[printed].max() < rows.index[archived].min()
    expected = dict(zip(ROWS["quantity"], ROWS["source"], strict=True))
    assert dict(zip(quantities(rows), rows["source"], strict=True)) == expected


def test_numbers_come_back_within_the_rounding_and_texts_as_they_are(tables):
    rows = numbers_part(tables)["rows"].table.assign(quantity=lambda own: quantities(own)).set_index("quantity")
    for row in ROWS.to_dict("records"):
        own = rows.loc[row["quantity"]]
        for name in NUMBERS:
            if isinstance(row[name], str):
                assert own[f"{name}_text"] == row[name]
                assert pd.isna(own[name])
            elif not pd.isna(row[name]):
                shown = own[name] if name == "published" else own["published"] + own[name]
                assert shown == pytest.approx(float(row[name]), abs=UNIT / 2 + 1e-9)
    assert pd.isna(rows.loc["<b>three</b>: Power", "ours"])


def test_a_printed_number_has_the_digits_of_print(tables):
    rows = numbers_part(tables)["rows"].table.assign(quantity=lambda own: quantities(own)).set_index("quantity")
    # 40.4 beside 40.38 is no 40.40.
    assert rows.loc[["one: Power", "two: Power"], "digits"].tolist() == [2, 1]
    others = ["people", "highest", "<b>three</b>: Power", "one", "rho of 1-1 with pvq Power"]
    assert rows.loc[others, "digits"].isna().all()


def test_evidence_below_the_rounding_is_said_in_words_and_other_evidence_as_it_is(tables):
    said = numbers_part(tables)["rows"].table.set_index("source")["evidence"]
    assert set(said["archive: correlation_results"]) == {"no difference with the cause, to the last digit here", ""}
    assert "difference 3.4e-03 with the cause" in set(said["Table 8"])


def test_totals_are_of_print_and_of_the_archive_and_what_follows_from_others_is_in_neither(tables):
    counts = certificate_part(tables)["counts"].table
    totals = counts[counts["total"]].set_index("source")
    assert list(totals.index) == ["in print", "in the archive's files"]
    printed = totals.loc["in print"]
    assert (printed["match"], printed["explained"], printed["conjectured"], printed["unexplained"]) == (1, 1, 1, 1)
    # Rho and p are one comparison, at the worse verdict.
    assert totals.loc["in the archive's files", ["match", "explained"]].tolist() == [0, 1]
    assert list(counts.loc[counts["part"] == "", "source"]) == ["Table 8, order of values"]
    for name, own in counts[~counts["total"]].groupby("part"):
        if name:
            assert own["match"].sum() == totals.loc[name, "match"]


def test_causes_are_counted_and_what_is_open_or_waits_is_named(tables):
    part = certificate_part(tables)
    assert dict(part["causes"].table.itertuples(index=False)) == {"a cause": 2, "another": 1, "a guess": 1}
    assert part["open"].table.to_dict("records") == [
        {"source": "Text", "quantity": "people", "published": "681", "ours": "649", "ours_with_causes": "649"}
        | {"evidence": "tried"}
    ]
    assert part["waiting"].table.to_dict("records") == [
        {"source": "Table 12", "status": "needs live answers", "evidence": "a key", "numbers": 1}
    ]


def test_without_a_certificate_there_is_nothing():
    assert certificate_part({}) == {}
    assert numbers_part({}) == {}
