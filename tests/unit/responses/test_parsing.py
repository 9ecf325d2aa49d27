from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instrument_strategies import instruments
from instruments import SMALL, VALUE_PORTRAIT
from value_portrait.responses.parsing import ANSWER_CLASSES, parse_published, parse_strict, text_outcome

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
    ("I'm sorry, this is something that I won't do.", None, None, "refusal"),
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


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_gets_a_class_and_a_rating_only_where_an_option_stands(text):
    parsed = parse_strict(text, VALUE_PORTRAIT)
    assert parsed.answer_class in ANSWER_CLASSES
    assert (parsed.rating is not None) == (parsed.answer_class in ("plain", "decorated"))
    if parsed.rating is not None:
        assert parse_published(text.replace("’", "'"), VALUE_PORTRAIT) is not None


@settings(deadline=None)
@given(
    st.sampled_from(list(VALUE_PORTRAIT.rating_of)),
    st.text(st.characters(codec="ascii", exclude_characters="\n"), max_size=60),
)
def test_an_option_on_a_line_of_its_own_settles_the_answer(phrase, explanation):
    assert parse_strict(f"{phrase}\n{explanation}", VALUE_PORTRAIT).rating == VALUE_PORTRAIT.rating_of[phrase]


def test_a_megabyte_of_text_is_read_in_reasonable_time():
    assert parse_strict("no, " * 250_000 + "like me", VALUE_PORTRAIT).answer_class == "negated"


def reading(*options, lowest=1, also_read=()):
    """An instrument with these options."""
    return replace(SMALL, options=options, lowest=lowest, also_read=also_read)


def test_what_follows_me_counts_only_where_an_option_ends_in_it():
    like = reading("like me", "like you", "someone")
    assert parse_strict("would it be like me to go", like) == (None, "off_scale")
    assert parse_strict("would it be like you to go", like) == (2, "decorated")
    assert parse_strict("this is for someone to say", like) == (3, "decorated")


AGREEMENT = reading("strongly disagree", "disagree", "neither agree nor disagree", "agree", "strongly agree")


@pytest.mark.parametrize(
    ("text", "published", "strict", "answer_class"),
    [
        ("agree", 4, 4, "plain"),
        ("Disagree.", 2, 2, "plain"),
        ("NEITHER  agree nor disagree", 2, 3, "plain"),
        ("I neither agree nor disagree with this", 3, 3, "decorated"),
        ("I disagree", 2, 2, "decorated"),
        ("I strongly agree", 5, 5, "decorated"),
        ("I _strongly_ **agree**", 4, 5, "decorated"),
        ("I somewhat agree", 4, None, "off_scale"),
        ("They disagreed", 2, None, "off_scale"),
        ("I do not agree", 4, None, "negated"),
        ("I don’t agree", 4, None, "negated"),
        ("I can hardly agree", 4, None, "negated"),
        ("No. I agree", 4, 4, "decorated"),
        ("No! I agree", 4, 4, "decorated"),
        ("I would not\nI agree", 4, 4, "decorated"),
        ("I do not slightly agree with it, I agree", 4, None, "negated"),
        ("I disagree. It is not that I agree", 2, None, "negated"),
        ("I agree, and it is not easy", 4, 4, "decorated"),
        ("Well, I agree and agree", 4, 4, "decorated"),
        ("I agree here, I disagree there", 2, None, "ambiguous"),
        # A refusal counts where it stands before the option; after it, it is about something else.
        ("I'm sorry, I cannot choose. I agree with both", 4, None, "refusal"),
        ("As an AI I would agree", 4, None, "refusal"),
        ("I think I agree, but I cannot provide reasons", 4, 4, "decorated"),
        ("I do agree or disagree, but I cannot provide reasons", 2, None, "ambiguous"),
        ("I cannot provide this", None, None, "refusal"),
        ("I don't have any personal opinions", None, None, "refusal"),
        ("agree - as an AI, I cannot say more", 4, 4, "decorated"),
        ("> **agree**: as I said", 4, 4, "decorated"),
        ("agree, disagree", 2, 4, "decorated"),
        ("agree disagree", 2, None, "ambiguous"),
        ("...", None, None, "empty"),
        ("- \u2014", None, None, "empty"),
    ],
)
def test_options_inside_one_another_refusals_and_negations(text, published, strict, answer_class):
    assert parse_published(text, AGREEMENT) == published
    assert parse_strict(text, AGREEMENT) == (strict, answer_class)


NUMBERS = reading(*map(str, range(11)), lowest=0)


@pytest.mark.parametrize(
    ("text", "strict", "answer_class"),
    [
        ("1", 1, "plain"),
        ("10", 10, "plain"),
        ("10.", 10, "plain"),
        ("0, surely", 0, "decorated"),
        ("I give 1.", 1, "decorated"),
        ("I give 10!", 10, "decorated"),
        ("I give 1.5", None, "off_scale"),
        ("1,5", None, "off_scale"),
        ("2.1", None, "off_scale"),
        ("11", None, "off_scale"),
        ("I give it -1", None, "off_scale"),
        ("I give it 3-4", None, "ambiguous"),
        ("1a", None, "off_scale"),
        ("between 3 and 4", None, "ambiguous"),
    ],
)
def test_options_of_digits(text, strict, answer_class):
    assert parse_strict(text, NUMBERS) == (strict, answer_class)


def test_of_two_options_of_one_length_the_published_rule_takes_the_higher_rating():
    assert parse_published("both abc and abd", reading("abc", "abd", "x")) == 2
    assert parse_published("both abc and abd", reading("abd", "abc", "x")) == 2
    assert parse_published("YES, maybe", reading("no", "maybe", also_read=(("Yes, maybe", 1),))) == 1


def test_options_without_letters_are_read_where_they_open_the_answer_only():
    signs = reading("--", "-", "0", "+", "++")
    assert parse_strict("++", signs) == (5, "plain")
    assert parse_strict("+ that is my choice", signs).rating is None
    assert parse_strict("+\nthat is my choice", signs) == (4, "decorated")
    assert parse_strict("my choice is +", signs) == (None, "off_scale")


@pytest.mark.parametrize(
    "option", ["c++", "(a|b)", "[ab]", "a.b", "a*", "^a$", "\\d a", "çà, là", "да", "全く違う", "i’m sure"]
)
def test_options_of_any_characters_are_read_as_they_stand(option):
    instrument = reading("nothing", option)
    for text in (option, f" {option.upper()} ", f"{option}."):
        assert parse_strict(text, instrument) == (2, "plain")
        assert parse_published(text, instrument) == 2
    assert parse_strict(f"well then {option}", instrument) == (2, "decorated")
    assert parse_strict(f"well then x{option}x", instrument).rating is None


WORDS = st.lists(st.sampled_from(["red", "blue", "blå", "x1"]), min_size=1, max_size=3).map(" ".join)


@settings(deadline=None)
@given(
    st.lists(WORDS, min_size=2, max_size=6, unique=True),
    st.lists(st.sampled_from(["red", "blue", "blå", "x1", "red1"])),
)
def test_any_options_are_found_word_by_word_the_longest_first(options, words):
    instrument = reading(*options, lowest=-1)
    found, place = set(), 0
    while place < len(words):
        fits = [option for option in options if words[place : place + option.count(" ") + 1] == option.split()]
        longest = max(fits, key=len, default="")
        if fits:
            found.add(options.index(longest) - 1)
        place += longest.count(" ") + 1
    expected = (found.copy().pop(), "decorated") if len(found) == 1 else (None, "ambiguous" if found else "off_scale")
    assert parse_strict(" ".join(["zz", *words]), instrument) == expected
    text = " ".join(words)
    inside = [(len(option), rating) for rating, option in enumerate(options, -1) if option in text]
    assert parse_published(text, instrument) == (max(inside)[1] if inside else None)


@settings(max_examples=30, deadline=None)
@given(instruments())
def test_every_option_of_any_instrument_is_read_by_both_parsers(instrument):
    for rating, option in enumerate(instrument.options, instrument.lowest):
        assert parse_strict(option, instrument) == (rating, "plain")
        assert parse_strict(f"{option}: because", instrument) == (rating, "decorated")
        assert parse_published(f"I say {option.upper()}", instrument) == rating


@pytest.mark.parametrize(
    ("text", "outcome"), [("agree", "answered"), ("so what", "answered"), (" ", "empty"), ("As an AI, no", "refusal")]
)
def test_the_outcome_of_an_answer_that_arrived(text, outcome):
    assert text_outcome(text, AGREEMENT) == outcome
