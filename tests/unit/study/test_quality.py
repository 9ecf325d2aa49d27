import pyarrow as pa
from value_portrait.study.quality import assess_data_quality


def test_quality_report_counts_what_is_there():
    ratings = pa.table(
        {
            "group": [1, 1, 1, 2, 2],
            "item_id": ["1-1", "1-2", "1-1", "2-1", "2-1"],
            "participant_id": ["P1", "P1", "P2", "P1", "P3"],
            "rating": [3, 3, 5, 3, 1],
        }
    )
    people = pa.table({"participant_id": ["P1", "P2", "P3", "P4"]})
    report = assess_data_quality(ratings, people)
    counts = {row["check"]: (row["count"], row["of"], row["found"]) for row in report.to_pylist()}
    assert counts["participants in more than one group"] == (1, 3, "P1 (groups 1 and 2)")
    assert counts["cells without a rating"] == (1, 6, "")
    assert counts["raters with the same rating everywhere"][0] == 4
    assert counts["profiles without ratings"] == (1, 4, "P4")
