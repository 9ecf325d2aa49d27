"""Errors, by their status and their words, and the small readers of replies."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from value_portrait.responses.apis.registry import api_of
from value_portrait.responses.outcomes import TERMINAL
from value_portrait.responses.replies import MOST_USD, Verdict, cost_of, error_status, refused, shortened, text_of

# The words that tell what an error is about, whatever its status may leave open.
WORDS = ("insufficient_quota", "flagged", "invalid_api_key", "no such model")


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


@pytest.mark.parametrize("cost", [True, -0.1, 1e300, "0.1", None, [0.1]])
def test_what_is_no_cost_is_none(cost: Any) -> None:
    assert cost_of(cost) is None


@pytest.mark.parametrize("api", ["openai", "anthropic"])
@settings(deadline=None)
@given(data=st.data())
def test_whatever_a_reply_says_its_verdict_can_be_kept(api: str, data: st.DataObject) -> None:
    """Every cell has its type, whatever a server puts in the places of its words and numbers."""
    strange = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.lists(st.text())

    def word() -> Any:
        return data.draw(strange | st.dictionaries(st.text(), st.text()))

    if api == "openai":
        message = {"content": "like me", "refusal": data.draw(st.none() | st.booleans() | st.text())}
        usage = {name: word() for name in ("prompt_tokens", "completion_tokens", "cost")}
        body: dict[str, Any] = {
            "choices": [{"finish_reason": word(), "message": message}],
            "system_fingerprint": word(),
        }
        body |= {"provider": word()}
    else:
        usage = {name: word() for name in ("input_tokens", "output_tokens", "cache_read_input_tokens")}
        body = {"content": [{"type": "text", "text": "like me"}], "stop_reason": word()}
    verdict = api_of(api).read_answer(body | {"usage": usage, "model": word()}, ())
    for name in ("answer", "finish_reason", "served_model", "fingerprint", "upstream"):
        assert isinstance(getattr(verdict, name), str | None), name
    for name in ("tokens_in", "tokens_out"):
        assert type(getattr(verdict, name)) in (int, type(None)), name
    assert verdict.usd is None or 0 <= verdict.usd <= MOST_USD
    assert verdict.outcome in TERMINAL
