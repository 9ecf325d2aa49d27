"""Who answered, wherever the server was: answers stay, and are asked for again only on purpose."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from instruments import VALUE_PORTRAIT
from loopback import Loopback
from targets import make_plan, make_target, run
from value_portrait.errors import InputError
from value_portrait.responses.assembly import answers_table
from value_portrait.responses.engine import attempt_record
from value_portrait.responses.explaining import explain
from value_portrait.responses.preflight import check_name
from value_portrait.responses.replies import Reply, Verdict
from value_portrait.responses.requests import Finding, plan_request
from value_portrait.responses.store import Store, read_records, store_file

# Written while keys held the server's address: two questions at port 1, and the first of them at port 2, too.
FORMER = Path(__file__).with_name("store_of_former_keys.jsonl")
MODEL = "Test/model:1"


def former_store(root: Path, model: str = MODEL) -> Path:
    path = store_file(root, model, "baseline")
    path.parent.mkdir(parents=True)
    return Path(shutil.copy(FORMER, path))


def words(path: Path, target: Any, number: int = 2) -> list[str]:
    table = answers_table(path, make_plan(target, number), "m", "baseline", VALUE_PORTRAIT)
    return list(table["raw_response"].to_pylist())


@pytest.mark.parametrize(
    ("url", "changes", "first"),
    [
        ("http://127.0.0.1:1", {}, "like me"),
        ("http://127.0.0.1:2", {}, "not like me"),
        ("http://localhost:3", {}, "like me"),
        ("https://lab.example", {"name": "moved", "identity": "loopback"}, "like me"),
    ],
)
def test_former_answers_count_wherever_the_server_is(
    tmp_path: Path, url: str, changes: dict[str, Any], first: str
) -> None:
    path, target = former_store(tmp_path), make_target(url, **changes)
    assert words(path, target) == [first, "like me"]
    with Store(path) as store:
        assert {planned.key for planned in make_plan(target, 3)} & store.done == {
            planned.key for planned in make_plan(target, 2)
        }
    assert ": in the store (answered, " in explain(make_plan(target, 1)[0], target, read_records(path))[0]


def test_a_former_record_that_was_changed_is_the_answer_to_nothing(tmp_path: Path) -> None:
    path = former_store(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"thought 1?", b"thought 2?"))
    with Store(path) as store:
        assert len(store.done & {planned.key for planned in make_plan(make_target("http://127.0.0.1:1"), 3)}) == 1


def test_a_moved_and_renamed_server_is_asked_nothing_another_checkpoint_everything_once(
    tmp_path: Path, server: Loopback
) -> None:
    former_store(tmp_path)
    moved = make_target(server.url, name="other", identity="loopback")
    assert run(moved, make_plan(moved, 2), tmp_path).missing == 0
    assert server.requests == 0
    retrained = make_target(server.url, checkpoint="step 2000")
    for target in (retrained, moved, retrained):
        assert run(target, make_plan(target, 2), tmp_path).missing == 0
        assert server.requests == 2
    unknown = make_target(server.url, name="other")
    run(unknown, make_plan(unknown, 2), tmp_path)
    assert server.requests == 4


def test_a_renamed_row_is_not_asked_before_its_answers_were_looked_for(tmp_path: Path) -> None:
    async def write(path: Path, target: Any, outcome: str) -> None:
        planned = plan_request(target, Finding(), "Hi", "preflight", "preflight")
        with Store(path) as store:
            record = attempt_record(target, "_preflight", planned, Reply(200, {}, "{}", 0.1), Verdict(outcome), 1)
            await store.append(record)

    old, new = make_target("http://127.0.0.1:1"), make_target("http://moved", model="new name")
    path = store_file(tmp_path, MODEL, "_preflight")
    asyncio.run(write(path, old, "bad_parameter"))
    check_name(new, tmp_path, [])
    asyncio.run(write(path, old, "answered"))
    with pytest.raises(InputError) as refused:
        check_name(new, tmp_path, ["new_name"])
    assert f"mv {tmp_path}/Test_model_1 {tmp_path}/new_name. Or" in str(refused.value)
    for other in ({"checkpoint": "2"}, {"model_id": "another"}, {"name": "another"}):
        check_name(make_target("http://moved", **{"model": "new name"} | other), tmp_path, ["new_name"])
    # Two rows of one model are two models; one that was asked has its own answers.
    check_name(new, tmp_path, ["new_name", "Test_model_1"])
    shutil.copytree(path.parent, tmp_path / "new_name")
    check_name(new, tmp_path, ["new_name"])


def test_a_folder_of_answers_may_get_another_name(tmp_path: Path) -> None:
    path = former_store(tmp_path, "new name")
    assert words(path, make_target("http://127.0.0.1:1", model="new name")) == ["like me", "like me"]
