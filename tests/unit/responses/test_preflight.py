from pathlib import Path
from typing import Any

import pytest
from instruments import VALUE_PORTRAIT
from loopback import Loopback
from targets import KEY, make_target
from value_portrait.errors import InputError
from value_portrait.responses.preflight import preflight, stored_finding
from value_portrait.responses.progress import Progress
from value_portrait.responses.requests import Finding


def check(url: str, root: Path, system: bool = False, **changes: Any) -> dict[str, Any]:
    return preflight(make_target(url, **changes), root, 1.0, Progress("test"), system, VALUE_PORTRAIT)


def test_one_request_tells_that_a_model_can_be_asked_and_is_never_repeated(tmp_path: Path, server: Loopback) -> None:
    found = check(server.url, tmp_path)
    assert found["refused"] == []
    assert found["rating"] in range(1, 7)
    assert found["sent"] == {"max_tokens": 64, "model": "test-model", "seed": 42, "temperature": 0}
    assert check(server.url, tmp_path) == found
    assert server.requests == 1


def test_what_a_model_refuses_is_left_out_and_remembered(tmp_path: Path) -> None:
    with Loopback(refuse_parameters=("temperature", "max_tokens")) as server:
        found = check(server.url, tmp_path)
        assert found["refused"] == ["temperature"]
        assert found["token_parameter"] == "max_completion_tokens"
        assert found["sent"] == {"max_completion_tokens": 64, "model": "test-model", "seed": 42}
        assert server.requests == 3
        target = make_target(server.url)
        assert stored_finding(target, tmp_path, VALUE_PORTRAIT) == Finding(("temperature",), "max_completion_tokens")
        assert check(server.url, tmp_path) == found
        assert server.requests == 3


@pytest.mark.parametrize(("settings", "words"), [({"key": "another"}, "auth"), ({"models": ("other",)}, "model_gone")])
def test_a_wrong_key_or_id_costs_one_request_and_is_asked_again_when_corrected(
    tmp_path: Path, settings: dict[str, Any], words: str
) -> None:
    with Loopback(**settings) as server:
        with pytest.raises(InputError, match=rf"cannot be asked \({words}") as caught:
            check(server.url, tmp_path)
        assert server.requests == 1
        assert KEY not in str(caught.value)
        server.key = server.models = None
        check(server.url, tmp_path)
        assert server.requests == 2


def test_an_answer_that_reasoning_used_up_is_explained(tmp_path: Path) -> None:
    with Loopback(faults={"empty": 1.0}) as server:
        for _ in range(2):
            with pytest.raises(InputError, match=r"answers nothing within 64 tokens \(finish reason length"):
                check(server.url, tmp_path)
        assert server.requests == 1


def test_a_system_message_is_tried_where_it_is_needed_and_once(tmp_path: Path, server: Loopback) -> None:
    found = check(server.url, tmp_path)
    assert check(server.url, tmp_path, system=True) == found
    assert [body["messages"][0]["role"] for body in server.bodies] == ["user", "system"]
    check(server.url, tmp_path, system=True)
    assert server.requests == 2


def test_a_model_without_system_messages_is_told_how_to_go_on(tmp_path: Path) -> None:
    with Loopback(refuse_roles=("system",)) as server:
        check(server.url, tmp_path)
        expected = r"none with a system message \(status 400.*gender@first_turn or steering@steering_first_turn"
        with pytest.raises(InputError, match=expected):
            check(server.url, tmp_path, system=True)
        assert server.requests == 2
