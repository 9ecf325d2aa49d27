"""Questions as they are handed out, and the id by which an answer finds back."""

import hashlib

import orjson
import pytest
from targets import make_target
from value_portrait.errors import InputError
from value_portrait.responses.questions import batch_lines, prompt_hash, question_lines, question_of
from value_portrait.responses.requests import Finding, plan_request

TURNS = {("v1", "1-1"): "How is ä?", ("v1", "a/b"): "How is b?"}
TOLD = {"role": "system", "text": "You are old."}
HASHES = [hashlib.sha256(text.encode()).hexdigest() for text in (*TURNS.values(), "You are old.")]


def test_a_question_is_what_it_is_of_its_messages_and_their_hashes():
    first, second = question_lines(TURNS, "age_old", TOLD)
    assert first == {
        "item_id": "1-1",
        "prompt_version": "v1",
        "condition": "age_old",
        "prompt_sha256": HASHES[0],
        "system_sha256": HASHES[2],
        "messages": [{"role": "system", "content": "You are old."}, {"role": "user", "content": "How is ä?"}],
    }
    assert (second["item_id"], second["prompt_sha256"]) == ("a/b", HASHES[1])


@pytest.mark.parametrize("message", [None, TOLD | {"role": "user"}])
def test_without_a_system_message_there_is_one_turn_and_one_hash(message):
    first, _ = question_lines(TURNS, "baseline", message)
    assert first["system_sha256"] is None
    assert first["messages"] == [{"role": "user", "content": "How is ä?"}]
    assert prompt_hash("How is ä?") == HASHES[0]


@pytest.mark.parametrize(("message", "hashes"), [(None, HASHES[0][:16]), (TOLD, f"{HASHES[0][:16]}-{HASHES[2][:16]}")])
def test_a_line_of_a_batch_is_the_body_of_the_plan_and_names_its_question(message, hashes):
    target = make_target("http://127.0.0.1:1")
    plan = [plan_request(target, Finding(), text, item, version, message) for (version, item), text in TURNS.items()]
    first, second = batch_lines(question_lines(TURNS, "age_old", message), plan)
    # The bytes that the engine would send.
    assert b'"body":' + plan[0].body in first
    line = orjson.loads(first)
    assert line["custom_id"] == f"age_old/v1/1-1/{hashes}"
    assert (line["method"], line["url"]) == ("POST", "/v1/chat/completions")
    prompt, _, system = hashes.partition("-")
    assert question_of(line["custom_id"], "here") == {
        "item_id": "1-1",
        "prompt_version": "v1",
        "condition": "age_old",
        "prompt_sha256": prompt,
        "system_sha256": system,
    }
    assert question_of(orjson.loads(second)["custom_id"], "here")["item_id"] == "a/b"
    with pytest.raises(ValueError, match="zip"):
        list(batch_lines(question_lines(TURNS, "age_old", message), plan[:1]))


@pytest.mark.parametrize("custom_id", ["", "a/b/c", None, 1, ["a/b/c/d"]])
def test_another_id_is_refused(custom_id):
    with pytest.raises(InputError, match=r"here: the custom_id .* is none of this study\. Leave it as it was asked"):
        question_of(custom_id, "here")
