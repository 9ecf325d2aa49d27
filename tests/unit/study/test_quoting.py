"""Which texts quote others."""

from hypothesis import given
from hypothesis import strategies as st
from instruments import SMALL, VALUE_PORTRAIT
from value_portrait.study.quoting import passages, quoted

ITEM = "I would rather walk home alone in the rain than call him again."


def test_forty_letters_in_a_row_are_a_quote_and_fewer_are_none():
    known = passages([ITEM, None, "short"], SMALL)
    assert len(known) == len(ITEM) - 40 + 1
    assert quoted(f"It says:{ITEM[2:42]}", known) == ITEM[2:42].casefold()
    assert quoted(f"It says:{ITEM[2:41]}!", known) is None
    assert quoted(ITEM.upper().replace(" ", "\n  "), known) == ITEM[:40].casefold()
    assert quoted(None, known) is None
    assert quoted("", known) is None


def test_the_options_are_no_quote():
    options = VALUE_PORTRAIT.options
    known = passages([f"{ITEM} {' '.join(options)}"], VALUE_PORTRAIT)
    assert quoted("\n".join(options), known) is None
    assert quoted(", ".join(options[::-1]), passages([", ".join(options[::-1])], VALUE_PORTRAIT)) is None
    assert quoted(ITEM, known)


@given(st.text(min_size=40), st.text(), st.text())
def test_a_text_quotes_itself_wherever_it_stands(text, before, after):
    known = passages([text], SMALL)
    assert bool(quoted(f"{before} {text} {after}", known)) == bool(known)
