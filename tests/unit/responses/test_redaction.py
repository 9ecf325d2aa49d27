"""Keys and pieces of them, letter by letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from value_portrait.responses.redaction import redact

KEY = "abcdefghijklmnop"


@pytest.mark.parametrize(
    ("text", "error", "answer"),
    [
        ("fghij", "fghij", "fghij"),
        ("<fghijk>", "<[redacted]>", "<fghijk>"),
        ("<abcdefghijk>", "<[redacted]>", "<abcdefghijk>"),
        ("<abcdefghijkl>", "<[redacted]>", "<[redacted]>"),
        ("<efghijklmnop>", "<[redacted]>", "<[redacted]>"),
        ("1 abcdefghijklmnop 2 abcdefghijklmnop 3", "1 [redacted] 2 [redacted] 3", "1 [redacted] 2 [redacted] 3"),
        ("abcdefghijklmnopabcdefghijklmnop", "[redacted][redacted]", "[redacted][redacted]"),
        ("org-a1b2c3d4e5 sk-1234", "[redacted] [redacted]", "org-a1b2c3d4e5 sk-1234"),
    ],
)
def test_six_letters_of_a_key_are_one_in_an_error_and_twelve_in_an_answer(text: str, error: str, answer: str) -> None:
    assert redact(text, KEY, is_error=True) == error
    assert redact(text, KEY, is_error=False) == answer


def test_a_short_key_goes_as_a_whole_and_without_one_nothing_does() -> None:
    for is_error in (True, False):
        assert redact("xyz wxyz wxy", "wxyz", is_error=is_error) == "xyz [redacted] wxy"
        for key in (None, ""):
            assert redact("wxyz", key, is_error=is_error) == "wxyz"


@given(st.text("xy", max_size=30), st.text("xy", min_size=1, max_size=10))
def test_nothing_is_left_of_a_key_and_nothing_else_is_lost(text: str, key: str) -> None:
    cleaned = redact(text, key, is_error=False)
    assert key not in cleaned
    position = 0
    for part in cleaned.split("[redacted]"):
        position = text.index(part, position) + len(part)
    assert (cleaned == text) == (key not in text)
