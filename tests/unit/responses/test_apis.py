"""What differs between APIs, reply by reply; keys and bodies of old answers; and an API that is not shipped."""

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from instruments import SMALL, VALUE_PORTRAIT
from loopback import Loopback
from targets import make_plan, make_target, run
from value_portrait.checking import check
from value_portrait.errors import InputError
from value_portrait.responses.apis.openai import OpenAI
from value_portrait.responses.apis.registry import APIS, api_of
from value_portrait.responses.engine import attempt_record
from value_portrait.responses.outcomes import judge
from value_portrait.responses.preflight import _MESSAGE, _plan
from value_portrait.responses.providers import ProviderEntry
from value_portrait.responses.replies import Reply, Verdict
from value_portrait.responses.requests import Finding, plan_request
from value_portrait.responses.store import store_file, terminal_records

URL = "http://127.0.0.1:1"


def verdict(api: str, body: object, status: int = 200, **changes: Any) -> Verdict:
    return judge(Reply(status, {}, orjson.dumps(body).decode(), 0.1), make_target(URL, api, **changes).provider)


def completion(message: dict[str, Any], finish: str | None = "stop", **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": message, "finish_reason": finish}], **more}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            completion(
                {"content": "like me", "reasoning": "Hm."},
                model="served",
                system_fingerprint="fp",
                provider="up",
                usage={
                    "prompt_tokens": 10,
                    "completion_tokens": 7,
                    "completion_tokens_details": {"reasoning_tokens": 5},
                    "cost": 0.25,
                },
            ),
            Verdict("answered", None, "like me", "Hm.", "stop", "served", "fp", "up", 10, 7, 5, 0.25),
        ),
        (
            completion({"content": [{"text": "like"}, {"text": " me"}]}),
            Verdict("answered", None, "like me", None, "stop"),
        ),
        (completion({"content": [{"type": "image"}]}), Verdict("empty", None, None, None, "stop")),
        (completion({"content": None}), Verdict("empty", None, None, None, "stop")),
        (completion({"content": " \n"}), Verdict("empty", None, " \n", None, "stop")),
        (
            completion({"content": "like", "reasoning": ""}, "length"),
            Verdict("truncated", None, "like", None, "length"),
        ),
        # The words of a refusal are the answer where there is no other; it is a refusal whatever else was said.
        (completion({"content": None, "refusal": "No."}), Verdict("refusal", None, "No.", None, "stop")),
        (completion({"content": "Hm", "refusal": "No."}, "length"), Verdict("refusal", None, "Hm", None, "length")),
        (
            completion({"content": "li"}, "content_filter"),
            Verdict("content_filter", None, "li", None, "content_filter"),
        ),
        (completion({"content": "x"}, "error"), Verdict("server", "the upstream provider failed")),
        (
            completion({"content": "x"}, usage={"prompt_tokens": "3", "cost": "1"}),
            Verdict("answered", None, "x", None, "stop"),
        ),
        # OpenRouter reports a failure of the upstream inside a choice.
        (
            {"choices": [{"error": {"code": 429, "message": "slow"}, "message": {"content": "like me"}}]},
            Verdict("rate_limited", "status 429: slow"),
        ),
        ({"choices": [{"error": {"code": 502, "message": "bad"}}]}, Verdict("server", "status 502: bad")),
        (
            {"choices": [{"error": {"code": 403, "message": "flagged"}}]},
            Verdict("content_filter", "status 403: flagged", finish_reason="error"),
        ),
        ({"choices": [{"error": {"message": "who knows"}}]}, Verdict("server", "status 500: who knows")),
    ],
)
def test_a_completion_says_what_it_says(body: dict[str, Any], expected: Verdict) -> None:
    assert verdict("openai", body) == expected


def message(stop: str, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "message", "content": list(blocks), "stop_reason": stop, **more}


THINKING, TEXT = {"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "like me"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            message("end_turn", THINKING, TEXT, model="served", usage={"input_tokens": 10, "output_tokens": 7}),
            Verdict("answered", None, "like me", "Hm.", "end_turn", "served", tokens_in=10, tokens_out=7),
        ),
        # What is written to and read from the cache is read by the model, and paid for.
        (
            message(
                "end_turn",
                TEXT,
                usage={
                    "input_tokens": 10,
                    "output_tokens": 7,
                    "cache_creation_input_tokens": 100,
                    "cache_read_input_tokens": 1000,
                },
            ),
            Verdict("answered", None, "like me", None, "end_turn", tokens_in=1110, tokens_out=7),
        ),
        (
            message("end_turn", TEXT, usage={"cache_read_input_tokens": 5}),
            Verdict("answered", None, "like me", None, "end_turn"),
        ),
        (message("end_turn", TEXT, TEXT), Verdict("answered", None, "like melike me", None, "end_turn")),
        (message("end_turn", THINKING, THINKING), Verdict("empty", None, "", "Hm.Hm.", "end_turn")),
        (message("refusal", TEXT), Verdict("refusal", None, "like me", None, "refusal")),
        (message("refusal"), Verdict("refusal", None, "", None, "refusal")),
        (message("max_tokens", TEXT), Verdict("truncated", None, "like me", None, "max_tokens")),
        (message("max_tokens", THINKING), Verdict("empty", None, "", "Hm.", "max_tokens")),
        (
            message("model_context_window_exceeded", TEXT),
            Verdict("truncated", None, "like me", None, "model_context_window_exceeded"),
        ),
    ],
)
def test_a_message_says_what_it_says(body: dict[str, Any], expected: Verdict) -> None:
    assert verdict("anthropic", body) == expected


def test_cached_tokens_are_in_the_cost() -> None:
    target = make_target(URL, "anthropic", usd_in=1.0, usd_out=2.0)
    (planned,) = make_plan(target, 1)
    usage = {"input_tokens": 10, "output_tokens": 7, "cache_creation_input_tokens": 90, "cache_read_input_tokens": 900}
    reply = Reply(200, {}, orjson.dumps(message("end_turn", TEXT, usage=usage)).decode(), 0.1)
    record = attempt_record(target, "baseline", planned, reply, judge(reply, target.provider), 1)
    assert record["usd"] == pytest.approx((1000 * 1 + 7 * 2) / 1e6)
    # A price that the server names goes before ours, also where it is 0.
    reply = Reply(200, {}, orjson.dumps(completion({"content": "x"}, usage={"cost": 0})).decode(), 0.1)
    other = make_target(URL)
    assert attempt_record(other, "baseline", planned, reply, judge(reply, other.provider), 1)["usd"] == 0


OLD = {None: None} | {role: {"role": role, "text": "You are old."} for role in ("system", "user")}
EFFORT = {"reasoning_effort": "low"}


# Made before each API had a file of its own: answers in stores are found by these keys.
@pytest.mark.parametrize(
    ("api", "changes", "finding", "role", "key", "body"),
    [
        ("openai", {}, Finding(), None, "226faf902a6eae30", "84fa3de8bc6bd6fb"),
        ("openai", {}, Finding(), "system", "6e5135a4eb08638f", "c122af1ed7d7d954"),
        ("openai", {}, Finding(), "user", "c8b3749ce5977661", "a76aab8ec634eb43"),
        (
            "openai",
            {"token_parameter": "max_completion_tokens", "seed": None},
            Finding(("temperature",)),
            "system",
            "32e4a0d7e4801124",
            "b8257c13b936e2cd",
        ),
        ("openai", {}, Finding(("seed",), "max_completion_tokens"), None, "a2b3133b4e453348", "f99e9782f41ee6ed"),
        (
            "openai",
            EFFORT | {"reasoning_parameter": "reasoning.effort", "extra_body": {"provider": {"order": ["a"]}}},
            Finding(),
            "user",
            "54fe48b65af61f61",
            "404c94b00350bc6c",
        ),
        ("anthropic", {}, Finding(), None, "ed9aab058af32515", "bb9db4f352e5f862"),
        ("anthropic", {}, Finding(), "system", "66a5a9764524590b", "9711402dcccc010a"),
        (
            "anthropic",
            {"accepts": ["temperature"], "temperature": 0.5},
            Finding(),
            "user",
            "00e72f60d6590f1a",
            "7600cfd7c22fbf59",
        ),
        (
            "anthropic",
            EFFORT | {"reasoning_parameter": "output_config.effort"},
            Finding(),
            "system",
            "ea849fc16e2fa17b",
            "d060f606f5bd66e0",
        ),
    ],
)
def test_old_answers_still_count(
    api: str, changes: dict[str, Any], finding: Finding, role: str | None, key: str, body: str
) -> None:
    planned = plan_request(make_target(URL, api, **changes), finding, "How similar? ä", "1-1", "v1", OLD[role])
    assert planned.former[:16] == key
    assert hashlib.sha256(planned.body).hexdigest()[:16] == body
    assert api_of(api).said(orjson.loads(planned.body)) == (
        "You are old." if role == "system" else None,
        "You are old.\n\nHow similar? ä" if role == "user" else "How similar? ä",
    )


@pytest.mark.parametrize(
    ("api", "told", "key"),
    [
        ("openai", False, "d7cc3fc6272ff027"),
        ("openai", True, "3d5902e4174bfda9"),
        ("anthropic", False, "30159e6782596a0c"),
        ("anthropic", True, "e156f95b7f5e42de"),
    ],
)
def test_old_preflights_still_count(api: str, told: bool, key: str) -> None:
    planned = _plan(make_target(URL, api), Finding(), VALUE_PORTRAIT, _MESSAGE if told else None)
    assert planned.former[:16] == key


def test_a_preflight_names_the_options_of_its_instrument() -> None:
    body = orjson.loads(_plan(make_target(URL), Finding(), SMALL).body)
    assert body["messages"][0]["content"].endswith("punctuation:\nalways\noften\nsometimes\nrarely\nnever")


class Toy(OpenAI):
    """An API of somebody else: another path, another body, another reply, but transported by an SDK that we have."""

    path = "/messages"
    token_parameters = ("most",)

    def conversation(self, system: str | None, turn: str) -> dict[str, Any]:
        return {"messages": [{"role": "user", "content": f"{system}|{turn}"}]}

    def read_answer(self, body: Any, reasoning_fields: Any) -> Verdict:
        return Verdict("answered", answer=body["content"][1]["text"], tokens_in=1, tokens_out=1)


def test_a_third_api_is_a_class_and_a_line_of_the_registry(
    tmp_path: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(APIS, "toy", Toy())
    target = make_target(server.url, "toy", base_url=f"{server.url}/v1", token_parameter="most")
    plan = make_plan(target, 5, {"role": "system", "text": "You are old."})
    assert run(target, plan, tmp_path).missing == 0
    records = terminal_records(store_file(tmp_path, target.row.model, "baseline"))
    assert {record["request"]["messages"][0]["content"][:13] for record in records.values()} == {"You are old.|"}
    assert all(record["request"]["most"] == 64 and "like me" in str(record["answer"]) for record in records.values())


def test_an_unknown_api_is_an_error_everywhere() -> None:
    entry = make_target(URL).provider.model_dump(exclude={"name"})
    with pytest.raises(InputError, match=r"'olama' is no API .* one of openai, anthropic"):
        check(ProviderEntry, entry | {"api": "olama"}, "providers.yaml")
    with pytest.raises(InputError, match="token_parameter 'max_completion_tokens' is none of the API anthropic"):
        check(ProviderEntry, entry | {"api": "anthropic", "token_parameter": "max_completion_tokens"}, "providers.yaml")
    target = make_target(URL)
    unchecked = dataclasses.replace(target, provider=target.provider.model_copy(update={"api": "olama"}))
    for use in (
        lambda: plan_request(unchecked, Finding(), "Hi", "1-1", "v1"),
        lambda: judge(Reply(200, {}, "{}", 0.1), unchecked.provider),
    ):
        with pytest.raises(InputError, match=r"^api 'olama': is not known\. Use one of openai, anthropic\.$"):
            use()
