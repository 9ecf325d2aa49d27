import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from value_portrait.responses.parsing import ANSWER_CLASSES, parse_published, parse_strict
from value_portrait.scores.reading import count_answers, rate_answers

OPTIONS = list(VALUE_PORTRAIT.rating_of)

# Answers of every kind, with what the published rule makes of them and what a careful reader would.
CASES = [
    ("very much like me", 6, 6, "plain"),
    ("like me", 5, 5, "plain"),
    ("  Not like me at all.\n", 1, 1, "plain"),
    ("**Somewhat like me**", 4, 4, "decorated"),
    ("somewhat like me\n\nConfidence: 90%", 4, 4, "decorated"),
    ("This response is very much like me.", 6, 6, "decorated"),
    ("I'd say my view is *a little like me*, as I share half of it.", 3, 3, "decorated"),
    ("Somewhat like me: it is not 'very much like me', though close.", 6, 4, "decorated"),
    ("some like me", 5, None, "off_scale"),
    ("Very little like me.", 3, None, "off_scale"),
    ("NTA", None, None, "off_scale"),
    ("7", None, None, "off_scale"),
    ("I don't think this is very much like me", 6, None, "negated"),
    ("It is never like me", 5, None, "negated"),
    ("Between like me and somewhat like me", 4, None, "ambiguous"),
    ("I cannot select an option. Would you like me to discuss the scenario instead?", 5, None, "refusal"),
    ("I'm sorry, but I can't help with that.", None, None, "refusal"),
    ("As an AI, I don't have personal thoughts.", None, None, "refusal"),
    ("", None, None, "empty"),
    (" \n.", None, None, "empty"),
    (None, None, None, "empty"),
]


@pytest.mark.parametrize(("text", "published", "strict", "answer_class"), CASES)
def test_both_parsers_on_answers_of_every_kind(text, published, strict, answer_class):
    assert parse_published(text, VALUE_PORTRAIT) == published
    assert parse_strict(text, VALUE_PORTRAIT) == (strict, answer_class)


@pytest.mark.parametrize(("phrase", "rating"), VALUE_PORTRAIT.rating_of.items())
def test_an_option_itself_is_plain_for_both(phrase, rating):
    assert parse_published(phrase, VALUE_PORTRAIT) == rating
    assert parse_strict(phrase.upper() + ".", VALUE_PORTRAIT) == (rating, "plain")


@given(st.text(max_size=200))
def test_any_text_gets_a_class_and_a_rating_only_where_an_option_stands(text):
    parsed = parse_strict(text, VALUE_PORTRAIT)
    assert parsed.answer_class in ANSWER_CLASSES
    assert (parsed.rating is not None) == (parsed.answer_class in ("plain", "decorated"))
    if parsed.rating is not None:
        assert parse_published(text.replace("’", "'"), VALUE_PORTRAIT) is not None


@given(
    st.sampled_from(list(VALUE_PORTRAIT.rating_of)),
    st.text(st.characters(codec="ascii", exclude_characters="\n"), max_size=60),
)
def test_an_option_on_a_line_of_its_own_settles_the_answer(phrase, explanation):
    assert parse_strict(f"{phrase}\n{explanation}", VALUE_PORTRAIT).rating == VALUE_PORTRAIT.rating_of[phrase]


def test_ten_megabytes_of_text_are_read_in_reasonable_time():
    assert parse_strict("no, " * 2_500_000 + "like me", VALUE_PORTRAIT).answer_class == "negated"


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
    texts = [case[0] for case in CASES]
    tables = [answers("a", texts), answers("b", ["like me", None])]
    rated = rate_answers(tables, "strict", VALUE_PORTRAIT)
    assert rated["published_rating"].to_pylist() == [case[1] for case in CASES] + [5, None]
    assert rated["strict_rating"].to_pylist() == [case[2] for case in CASES] + [5, None]
    assert rated["rating"].equals(rated["strict_rating"])
    assert rate_answers(tables, "published", VALUE_PORTRAIT)["rating"].equals(rated["published_rating"])
    counts = {(row["model"], row["answer_class"]): row for row in count_answers(rated).to_pylist()}
    assert counts["a", "plain"]["answers"] == 3
    assert counts["a", "decorated"]["disagreements"] == 1
    assert counts["b", "empty"]["answers"] == 1
    assert sum(row["answers"] for row in counts.values()) == len(texts) + 2
