import pyarrow as pa
from instruments import SMALL, VALUE_PORTRAIT
from value_portrait.scores.reading import count_answers, rate_answers

CASES = [
    ("very much like me", 6, 6),
    ("Like me.", 5, 5),
    ("**Somewhat like me**", 4, 4),
    ("Somewhat like me: it is not 'very much like me', though close.", 6, 4),
    ("It is never like me", 5, None),
    ("As an AI, I don't have personal thoughts.", None, None),
    ("7", None, None),
    (None, None, None),
]


def answers(model, texts):
    return pa.table(
        {
            "model": pa.array([model] * len(texts)).dictionary_encode(),
            "condition": pa.array(["baseline"] * len(texts)).dictionary_encode(),
            "prompt_version": pa.array(["v1"] * len(texts)).dictionary_encode(),
            "item_id": [f"1001-{n}" for n in range(len(texts))],
            "raw_response": pa.array(texts, pa.string()).dictionary_encode(),
            "outcome": pa.array(["answered"] * len(texts)).dictionary_encode(),
        }
    )


def test_rating_tables_keeps_both_readings_and_counts_their_disagreements():
    texts = [text for text, *_ in CASES]
    tables = [answers("a", texts), answers("b", ["like me", None])]
    rated = rate_answers(tables, "strict", VALUE_PORTRAIT)
    assert rated["published_rating"].to_pylist() == [published for _, published, _ in CASES] + [5, None]
    assert rated["strict_rating"].to_pylist() == [strict for _, _, strict in CASES] + [5, None]
    assert rated["rating"].equals(rated["strict_rating"])
    assert rate_answers(tables, "published", VALUE_PORTRAIT)["rating"].equals(rated["published_rating"])
    counts = {(row["model"], row["answer_class"]): row for row in count_answers(rated).to_pylist()}
    assert counts["a", "plain"]["answers"] == 2
    assert counts["a", "decorated"]["disagreements"] == 1
    assert counts["b", "empty"]["answers"] == 1
    assert sum(row["answers"] for row in counts.values()) == len(texts) + 2


def test_counts_by_outcome_and_class_with_a_scale_that_has_zero():
    small = [answers("a", ["never", "often or never", None, "never"]), answers("b", ["never mind"])]
    rated = rate_answers(iter(small), "strict", SMALL)
    assert rated.column_names == [
        *("model", "condition", "prompt_version", "item_id", "outcome"),
        *("rating", "published_rating", "strict_rating", "answer_class"),
    ]
    assert rated["published_rating"].to_pylist() == [0, 3, None, 0, 0]
    assert rated["strict_rating"].to_pylist() == [0, None, None, 0, 0]
    counts = count_answers(rated).to_pylist()
    assert sorted(counts, key=lambda row: (row["model"], row["answer_class"])) == [
        {
            "model": m,
            "condition": "baseline",
            "outcome": "answered",
            "answer_class": c,
            "answers": n,
            "disagreements": d,
        }
        for m, c, n, d in [
            ("a", "ambiguous", 1, 1),
            ("a", "empty", 1, 0),
            ("a", "plain", 2, 0),
            ("b", "decorated", 1, 0),
        ]
    ]


def test_answers_in_pieces_are_read_as_one_and_their_columns_are_small():
    texts = [["never", None], ["always", "never"]]
    pieces = pa.concat_tables([answers("a", part) for part in texts])
    rated = rate_answers([pieces, answers("b", ["often"])], "published", SMALL)
    assert rated["rating"].to_pylist() == [0, None, 4, 0, 3]
    assert rated["answer_class"].to_pylist() == ["plain", "empty", "plain", "plain", "plain"]
    for name in ("rating", "published_rating", "strict_rating"):
        assert rated.schema.field(name).type == pa.int8()
    assert rated.schema.field("answer_class").type == pa.dictionary(pa.int32(), pa.string())


def test_subjects_are_counted_in_the_order_in_which_they_come():
    rated = rate_answers([answers(name, ["never", ""]) for name in "zaym"], "strict", SMALL)
    assert [row["model"] for row in count_answers(rated).to_pylist()] == ["z", "z", "a", "a", "y", "y", "m", "m"]
