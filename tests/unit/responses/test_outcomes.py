import orjson
import pytest
from targets import make_target
from value_portrait.responses.limit_headers import seconds
from value_portrait.responses.outcomes import judge
from value_portrait.responses.redaction import kept_headers, redact
from value_portrait.responses.replies import Reply, Verdict

OPENAI, ANTHROPIC = (make_target("http://127.0.0.1:1", api).provider for api in ("openai", "anthropic"))


def completion(text: object = "like me", finish: str = "stop", **more: object) -> dict[str, object]:
    return {"choices": [{"message": {"content": text, **more}, "finish_reason": finish}]}


def message(text: str = "like me", stop: str = "end_turn") -> dict[str, object]:
    return {"type": "message", "content": [{"type": "text", "text": text}], "stop_reason": stop}


def error(text: str, **more: object) -> dict[str, object]:
    return {"error": {"message": text, **more}}


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, completion(), "answered"),
        (200, completion([{"type": "text", "text": "like me"}]), "answered"),
        (200, completion(None, refusal="I cannot."), "refusal"),
        (200, completion(None, "content_filter"), "content_filter"),
        (200, completion("", "length"), "empty"),
        (200, completion("like", "length"), "truncated"),
        (200, completion(None, "error"), "server"),
        (200, error("upstream", code=502), "server"),
        (200, error("slow down", code=429), "rate_limited"),
        (200, error("no money", code=402), "credit"),
        (200, {"choices": []}, "bad_body"),
        (200, [1], "bad_body"),
        (307, error("moved"), "bad_parameter"),
        (400, error("Unsupported parameter: 'temperature'"), "bad_parameter"),
        (400, error("flagged", code="content_filter"), "content_filter"),
        (400, error("API key not valid. Please pass a valid API key."), "auth"),
        # Gateways: a key that cannot be looked up, has expired, or is missing.
        (400, error("No connected db.", type="no_db_connection"), "auth"),
        (400, error("API key expired. Please renew the API key."), "auth"),
        (400, error("Invalid proxy API key: sk-1"), "auth"),
        (400, error("Authentication Error, no api key passed in."), "auth"),
        (400, error("Unauthorized"), "auth"),
        (400, error("Unknown key 'seed' in the request: invalid."), "bad_parameter"),
        (401, error("Incorrect API key provided"), "auth"),
        (402, error("Payment required"), "credit"),
        (403, error("Not allowed"), "auth"),
        (404, error("The model `x` does not exist", code="model_not_found"), "model_gone"),
        (408, error("timeout"), "timeout"),
        (422, error("bad"), "bad_parameter"),
        (429, error("Rate limit reached"), "rate_limited"),
        (429, error("You exceeded your current quota", code="insufficient_quota"), "credit"),
        (500, error("oops"), "server"),
        (503, error("overloaded"), "overloaded"),
    ],
)
def test_every_reply_of_the_openai_api_has_its_class(status: int, body: object, outcome: str) -> None:
    assert judge(Reply(status, {}, orjson.dumps(body).decode(), 0.1), OPENAI).outcome == outcome


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, message(), "answered"),
        (200, message("", "refusal"), "refusal"),
        (200, message("lik", "max_tokens"), "truncated"),
        (200, message("", "max_tokens"), "empty"),
        (400, {"type": "error", **error("Your credit balance is too low")}, "credit"),
        (400, {"type": "error", **error("temperature is not supported")}, "bad_parameter"),
        (404, {"type": "error", **error("model: x", type="not_found_error")}, "model_gone"),
        (529, {"type": "error", **error("Overloaded", type="overloaded_error")}, "overloaded"),
        (200, {"type": "error", **error("Overloaded", type="overloaded_error")}, "overloaded"),
    ],
)
def test_every_reply_of_the_anthropic_api_has_its_class(status: int, body: object, outcome: str) -> None:
    assert judge(Reply(status, {}, orjson.dumps(body).decode(), 0.1), ANTHROPIC).outcome == outcome


@pytest.mark.parametrize("text", ["", "<html></html>", '{"choices": [{"message"', "\x00", "null"])
def test_bodies_that_are_no_answer_are_bad(text: str) -> None:
    for provider in (OPENAI, ANTHROPIC):
        assert judge(Reply(200, {}, text, 0.1), provider).outcome == "bad_body"


def test_usage_reasoning_and_upstream_are_read() -> None:
    body = {
        **completion(reasoning_content="Hm."),
        "model": "served",
        "provider": "Upstream",
        "system_fingerprint": "fp",
        "usage": {
            "prompt_tokens": 10,
            "completion_tokens": 7,
            "completion_tokens_details": {"reasoning_tokens": 5},
            "cost": 0.25,
        },
    }
    provider = make_target("http://127.0.0.1:1", reasoning_fields=("reasoning", "reasoning_content")).provider
    verdict = judge(Reply(200, {}, orjson.dumps(body).decode(), 0.1), provider)
    assert (verdict.reasoning, verdict.upstream, verdict.served_model) == ("Hm.", "Upstream", "served")
    assert (verdict.tokens_in, verdict.tokens_out, verdict.tokens_reasoning, verdict.usd) == (10, 7, 5, 0.25)


def test_headers_are_kept_by_an_allow_list() -> None:
    headers = {
        "X-RateLimit-Limit-Requests": "60",
        "Retry-After": "3",
        "request-id": "r",
        "openai-organization": "org-1",
        "set-cookie": "c",
        "authorization": "Bearer k",
    }
    assert kept_headers(headers) == {"x-ratelimit-limit-requests": "60", "retry-after": "3", "request-id": "r"}


def test_errors_lose_keys_pieces_of_keys_and_accounts() -> None:
    key = "sk-proj-abcdefghijklmnop"
    for text in (
        f"Incorrect API key provided: {key}.",
        "Incorrect API key provided: sk-proj***mnop.",
        "ends in ijklmnop",
        "for organization org-a1b2c3d4e5",
    ):
        cleaned = redact(text, key, is_error=True)
        assert "[redacted]" in cleaned
        assert not any(key[i : i + 6] in cleaned for i in range(len(key) - 5))
        assert "a1b2c3d4e5" not in cleaned


def test_answers_lose_the_key_but_keep_their_asterisks() -> None:
    key = "sk-proj-abcdefghijklmnop"
    assert redact("**like me**", key, is_error=False) == "**like me**"
    assert redact(f"your key is {key}!", key, is_error=False) == "your key is [redacted]!"


@pytest.mark.parametrize(
    ("text", "expected"), [("1.5", 1.5), ("20ms", 0.02), ("6m0s", 360), ("1h", 3600), ("soon", None), (None, None)]
)
def test_waiting_times_are_read_in_all_their_forms(text: str | None, expected: float | None) -> None:
    assert seconds(text) == expected


def test_waiting_times_may_be_dates() -> None:
    assert seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert (seconds("2999-01-01T00:00:00Z") or 0) > 100


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(None, {}, "no route", 0.1, "network"), Verdict("network", "no route")),
        (Reply(None, {}, "after 2 s", 0.1, "timeout"), Verdict("timeout", "after 2 s")),
        (Reply(300, {}, '{"error": {"message": "m"}}', 0.1), Verdict("bad_parameter", "status 300: m")),
        (Reply(299, {}, "[1,\n2]", 0.1), Verdict("bad_body", "no JSON object: [1, 2]")),
        (Reply(200, {}, '{"choices":\n 1}', 0.1), Verdict("bad_body", 'no answer in the reply: {"choices": 1}')),
        (
            Reply(200, {}, '{"error": {"type": "billing_error", "message": "m"}}', 0.1),
            Verdict("credit", "status 402: m"),
        ),
        # Who says that it is an error, but not which.
        (Reply(200, {}, '{"type": "error"}', 0.1), Verdict("server", 'status 500: {"type": "error"}')),
    ],
)
def test_a_verdict_says_what_is_wrong(reply: Reply, expected: Verdict) -> None:
    for provider in (OPENAI, ANTHROPIC):
        assert judge(reply, provider) == expected
