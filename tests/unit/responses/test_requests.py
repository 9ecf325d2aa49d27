import dataclasses
import hashlib

import orjson
import pytest
from targets import make_target
from value_portrait.responses.requests import Finding, plan_request, plan_requests
from value_portrait.study.prompts import prompt_text

OLD = {"role": "system", "text": "You are old."}
ITEM = {"item_id": "1-1", "title": "T", "text": "a {content} in braces", "response": "{title}", "template": "reddit"}


def test_the_prompt_is_filled_in_one_pass() -> None:
    assert prompt_text("{title}: {text} / {content} {other}", ITEM) == "T: a {content} in braces / {title} {other}"


def test_the_body_is_canonical_and_holds_what_the_rows_say() -> None:
    target = make_target("http://127.0.0.1:1")
    body = plan_request(target, Finding(), "Hi", "1-1", "v1", OLD).body
    assert body == (
        b'{"max_tokens":64,"messages":[{"content":"You are old.","role":"system"},{"content":"Hi","role":"user"}],'
        b'"model":"test-model","seed":42,"temperature":0}'
    )


def test_anthropic_bodies_have_a_system_field_and_no_sampling() -> None:
    target = make_target("http://127.0.0.1:1", "anthropic")
    body = orjson.loads(plan_request(target, Finding(), "Hi", "1-1", "v1", OLD).body)
    assert body == {
        "max_tokens": 64,
        "messages": [{"content": "Hi", "role": "user"}],
        "model": "test-model",
        "system": "You are old.",
    }


@pytest.mark.parametrize("api", ["openai", "anthropic"])
def test_a_message_of_the_user_stands_before_the_question_in_one_turn(api: str) -> None:
    target = make_target("http://127.0.0.1:1", api)
    body = orjson.loads(plan_request(target, Finding(), "Hi", "1-1", "v1", OLD | {"role": "user"}).body)
    assert body["messages"] == [{"role": "user", "content": "You are old.\n\nHi"}]
    assert "system" not in body


def test_the_key_depends_on_what_is_said_and_how() -> None:
    target = make_target("http://127.0.0.1:1")
    messages = (None, OLD, OLD | {"text": "You are young."}, OLD | {"role": "user"})
    keys = {plan_request(target, Finding(), "Hi", "1-1", "v1", message).key for message in messages}
    assert len(keys) == 4


def test_findings_effort_and_extra_bodies_shape_the_body() -> None:
    target = make_target(
        "http://127.0.0.1:1",
        reasoning_parameter="reasoning.effort",
        reasoning_effort="low",
        extra_body={"reasoning": {"exclude": False}, "provider": {"order": ["a"]}},
    )
    body = orjson.loads(plan_request(target, Finding(("temperature",), "max_completion_tokens"), "Hi", "i", "v").body)
    assert body["reasoning"] == {"effort": "low", "exclude": False}
    assert body["provider"] == {"order": ["a"]}
    assert body["max_completion_tokens"] == 64
    assert "temperature" not in body
    assert "max_tokens" not in body
    assert body["seed"] == 42


def test_the_key_is_the_hash_of_everything_that_shapes_the_answer() -> None:
    target = make_target("http://127.0.0.1:1")
    planned = plan_request(target, Finding(), "Hi", "1-1", "v1")
    assert planned.key == hashlib.sha256(b"\0".join([b"loopback", b"v1", b"0", b"", planned.body])).hexdigest()
    former = [b"loopback", b"http://127.0.0.1:1/v1", b"v1", b"0", planned.body]
    assert planned.former == hashlib.sha256(b"\0".join(former)).hexdigest()
    again = plan_request(make_target("http://127.0.0.1:1", checkpoint="b"), Finding(), "Hi", "1-1", "v1")
    assert again.key == hashlib.sha256(b"\0".join([b"loopback", b"v1", b"0", b"b", planned.body])).hexdigest()


@pytest.mark.parametrize(
    "change",
    [
        {"timeout_s": 9.0},
        {"max_in_flight": 3},
        {"key_env": "OTHER_API_KEY"},
        {"usd_in": 9.0},
        {"base_url": "http://localhost:2/v1"},
        {"provider": "other", "name": "other", "identity": "loopback"},
        {"model": "Other name"},
    ],
)
def test_the_key_leaves_out_what_does_not_shape_the_answer(change: dict[str, object]) -> None:
    planned = [
        plan_request(make_target("http://127.0.0.1:1", **more), Finding(), "Hi", "1-1", "v1") for more in ({}, change)
    ]
    assert planned[0].key == planned[1].key


@pytest.mark.parametrize(
    "change",
    [
        {"model_id": "other"},
        {"max_tokens": 65},
        {"api_version": "v2"},
        {"name": "other"},
        {"identity": "other"},
        {"checkpoint": "2"},
    ],
)
def test_the_key_changes_with_what_shapes_the_answer(change: dict[str, object]) -> None:
    planned = [
        plan_request(make_target("http://127.0.0.1:1", **more), Finding(), "Hi", "1-1", "v1") for more in ({}, change)
    ]
    assert planned[0].key != planned[1].key


def test_changing_a_template_or_adding_an_item_leaves_the_other_keys() -> None:
    target = make_target("http://127.0.0.1:1")
    prompts = [
        {"prompt_version": version, "template": "reddit", "text": version + " {title} {text} {content}"}
        for version in ("v1", "v2")
    ]
    items = [ITEM, ITEM | {"item_id": "1-2", "text": "b"}]

    def keys(items: list[dict[str, str]], prompts: list[dict[str, str]]) -> set[str]:
        return {planned.key for planned in plan_requests(target, items, prompts, Finding())}

    before = keys(items, prompts)
    changed = [prompts[0], prompts[1] | {"text": "new {title} {text} {content}"}]
    assert len(before & keys(items, changed)) == 2
    assert len(keys([*items, ITEM | {"item_id": "1-3", "text": "c"}], prompts) - before) == 2


def test_a_plan_is_every_version_of_every_item_under_the_condition() -> None:
    target = make_target("http://127.0.0.1:1")
    items = [ITEM, {"item_id": "2-1", "title": None, "text": None, "response": "Yes.", "template": "plain"}]
    prompts = [
        {"prompt_version": version, "template": template, "text": f"{version} {template}: {{title}}{{text}}{{content}}"}
        for version in ("v2", "v1")
        for template in ("reddit", "plain")
    ]
    plan = plan_requests(target, items, prompts, Finding(("seed",)), OLD)
    asked = [
        plan_request(target, Finding(("seed",)), f"{version} {text}", item, version, OLD)
        for version in ("v2", "v1")
        for item, text in (("1-1", "reddit: Ta {content} in braces{title}"), ("2-1", "plain: Yes."))
    ]
    assert plan == asked
    assert [orjson.loads(planned.body)["messages"][0] for planned in plan] == [
        {"role": "system", "content": "You are old."}
    ] * 4


def test_a_models_own_extra_body_goes_over_the_providers() -> None:
    target = make_target("http://127.0.0.1:1", extra_body={"provider": {"order": ["a"]}, "top_p": 1})
    own = target.parameters.model_copy(update={"extra_body": {"top_p": 0.5, "provider": {"only": ["b"]}}})
    planned = plan_request(dataclasses.replace(target, parameters=own), Finding(), "Hi", "1-1", "v1")
    body = orjson.loads(planned.body)
    assert (body["top_p"], body["provider"]) == (0.5, {"order": ["a"], "only": ["b"]})


def test_the_most_tokens_are_the_bytes_and_a_little_the_expected_ones_a_quarter() -> None:
    planned = plan_request(make_target("http://127.0.0.1:1"), Finding(), "ä" * 50, "1-1", "v1")
    assert (planned.most_tokens, planned.expected_tokens) == (len(planned.body) + 50, len(planned.body) // 4)
