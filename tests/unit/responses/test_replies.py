"""Errors, by their status and their words, and the small readers of replies."""

from typing import Any

import orjson
import pytest
from value_portrait.responses.replies import Verdict, error_status, refused, shortened, text_of

# The words that tell what an error is about, whatever its status may leave open.
WORDS = {
    "credit": "insufficient_quota",
    "content_filter": "flagged",
    "auth": "invalid_api_key",
    "gone": "no such model",
}


def refusal(status: int, words: str) -> Verdict:
    body = {"error": {"message": words}}
    return refused(status, body, orjson.dumps(body).decode())


@pytest.mark.parametrize(
    ("status", "credit", "filtered", "auth", "gone"),
    [
        (400, "credit", "content_filter", "auth", "model_gone"),
        (401, "auth", "auth", "auth", "auth"),
        (402, "credit", "credit", "credit", "credit"),
        (403, "credit", "content_filter", "auth", "model_gone"),
        (404, "model_gone", "model_gone", "model_gone", "model_gone"),
        (405, "bad_parameter", "bad_parameter", "bad_parameter", "bad_parameter"),
        (410, "model_gone", "model_gone", "model_gone", "model_gone"),
        (408, "timeout", "timeout", "timeout", "timeout"),
        (409, "server", "server", "server", "server"),
        (411, "bad_parameter", "bad_parameter", "bad_parameter", "bad_parameter"),
        (422, "bad_parameter", "bad_parameter", "bad_parameter", "model_gone"),
        (423, "bad_parameter", "bad_parameter", "bad_parameter", "bad_parameter"),
        (425, "server", "server", "server", "server"),
        (426, "bad_parameter", "bad_parameter", "bad_parameter", "bad_parameter"),
        (429, "credit", "rate_limited", "rate_limited", "rate_limited"),
        (499, "bad_parameter", "bad_parameter", "bad_parameter", "bad_parameter"),
        (500, "server", "server", "server", "server"),
        (503, "overloaded", "overloaded", "overloaded", "overloaded"),
        (529, "overloaded", "overloaded", "overloaded", "overloaded"),
    ],
)
def test_words_count_only_where_the_status_leaves_them_room(
    status: int, credit: str, filtered: str, auth: str, gone: str
) -> None:
    verdicts = [refusal(status, words) for words in WORDS]
    assert [verdict.outcome for verdict in verdicts] == [credit, filtered, auth, gone]
    assert [verdict.message for verdict in verdicts] == [f"status {status}: {words}" for words in WORDS]


def test_words_beyond_the_first_4000_characters_are_no_evidence() -> None:
    for padding, outcome in ((4000 - len("flagged"), "content_filter"), (4001 - len("flagged"), "bad_parameter")):
        assert refused(400, None, "x" * padding + "flagged").outcome == outcome


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"message": "m", "code": 1}}, "m"),
        ({"error": {"code": 1}}, "{'code': 1}"),
        ({"error": "words"}, "words"),
        ({"error": None}, "the text"),
        ({}, "the text"),
        ([{"error": "words"}], "the text"),
        (None, "the text"),
    ],
)
def test_the_words_of_an_error_are_its_message_its_whole_or_the_text(body: Any, said: str) -> None:
    assert refused(500, body, "the text").message == f"status 500: {said}"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"code": 299}, 500),
        ({"code": 300}, 300),
        ({"code": 599}, 599),
        ({"code": 600}, 500),
        ({"code": "429"}, 500),
        ({"code": "model_not_found"}, 404),
        ({"code": 600, "type": "overloaded_error"}, 529),
        ({"type": "rate_limit_error"}, 429),
        ({"type": "rate_limit_exceeded"}, 429),
        ({"type": "authentication_error"}, 401),
        ({"type": "permission_error"}, 403),
        ({"type": "not_found_error"}, 404),
        ({"type": "invalid_request_error"}, 400),
        ({"type": "insufficient_quota"}, 402),
        ({"type": "billing_error"}, 402),
        ({"type": "timeout_error"}, 504),
        ({"type": "what"}, 500),
        ("overloaded_error", 500),
        (None, 500),
    ],
)
def test_an_error_in_a_good_reply_stands_for_a_status(error: Any, status: int) -> None:
    assert error_status({"error": error}) == status


def test_texts_are_strings_and_shortened_ones_one_line() -> None:
    assert (text_of(None), text_of(5), text_of("x"), text_of([{"text": "a"}, {}, {"text": None}])) == (
        None,
        "5",
        "x",
        "a",
    )
    assert shortened(" a\n\tb ") == "a b"
    assert shortened("x" * 300) == "x" * 300
    assert shortened("x" * 300 + "y") == "x" * 300 + " …"
