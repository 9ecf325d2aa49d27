"""The same question asked again: what is sent, what is paid for, and what comes back."""

from pathlib import Path

import orjson
import pandas as pd
import pytest
import yaml
from instruments import SMALL, VALUE_PORTRAIT
from loopback import Loopback
from targets import KEY, make_target, run
from value_portrait.errors import InputError
from value_portrait.responses.assembly import answers_table, export_answers, prompt_hash, read_export
from value_portrait.responses.providers import read_providers
from value_portrait.responses.requests import Finding, Planned, plan_requests
from value_portrait.responses.store import store_file
from value_portrait.scores.reading import numbered, rate_answers
from value_portrait.tables import read_table, write_table, written_in_parts

ITEMS = [{"item_id": f"1-{n}", "title": None, "text": "x", "response": str(n), "template": "plain"} for n in range(3)]
PROMPTS = [
    {"prompt_version": version, "template": "plain", "text": f"{version} {{title}}{{text}}: {{content}}"}
    for version in ("v1", "v2")
]
WARM = {"temperature": 0.7, "seed": 42}


def plan(url: str, repeats: int) -> list[Planned]:
    return plan_requests(make_target(url, **WARM, repeats=repeats), ITEMS, PROMPTS, Finding())


def test_repeats_come_after_the_same_questions_as_ever_each_with_its_own_seed_and_key() -> None:
    once, thrice = plan("http://127.0.0.1:1", 1), plan("http://127.0.0.1:1", 3)
    assert thrice[:6] == once
    assert [one.repeat for one in thrice] == [0] * 6 + [1] * 6 + [2] * 6
    bodies = [orjson.loads(one.body) for one in thrice]
    assert [body["seed"] for body in bodies] == [42] * 6 + [43] * 6 + [44] * 6
    assert [body | {"seed": 42} for body in bodies] == bodies[:6] * 3
    assert len({one.key for one in thrice}) == 18
    # Where no seed is sent, the number alone tells them apart.
    target = make_target("http://127.0.0.1:1", **WARM, repeats=2)
    one, other = plan_requests(target, ITEMS[:1], PROMPTS[:1], Finding(("seed",)))
    assert one.body == other.body
    assert one.key != other.key


@pytest.mark.parametrize(
    ("own", "refused"),
    [
        ({"temperature": 0}, True),
        ({"temperature": 0.0}, True),
        ({"extra_body": {"temperature": 0}}, True),
        ({"temperature": 0.1}, False),
        ({}, False),
    ],
)
def test_nobody_pays_for_the_same_answer_twice(tmp_path: Path, own: dict[str, object], refused: bool) -> None:
    content = yaml.safe_load(Path("config/providers.yaml").read_text())
    content["requests"] = {"again": {"max_tokens": 9, "repeats": 3, **own}}
    (tmp_path / "p.yaml").write_text(yaml.safe_dump(content))
    if refused:
        with pytest.raises(InputError, match=r"requests\.again.*3 times.*temperature 0"):
            read_providers(tmp_path / "p.yaml")
    else:
        assert read_providers(tmp_path / "p.yaml")[1]["again"].repeats == 3


def test_more_repeats_pay_only_for_themselves_and_come_back_from_an_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)
    with Loopback() as server:
        target = make_target(server.url, **WARM)
        run(target, plan(server.url, 1), tmp_path)
        assert len(server.received) == 6
        thrice = plan(server.url, 3)
        run(target, thrice, tmp_path)
        assert sorted(server.received.values()) == [1] * 18
    path = store_file(tmp_path, target.row.model, "baseline")
    first = answers_table(path, plan(server.url, 1), "m", "baseline", VALUE_PORTRAIT)
    table = answers_table(path, thrice, "m", "baseline", VALUE_PORTRAIT)
    assert "repeat" not in first.column_names
    assert table["repeat"].to_pylist() == [0] * 6 + [1] * 6 + [2] * 6
    assert table.slice(0, 6).drop_columns("repeat").equals(first)
    hashes = {
        (version, one["item_id"]): prompt_hash(f"{version} x: {one['response']}")
        for version in ("v1", "v2")
        for one in ITEMS
    }
    for suffix in ("parquet", "jsonl"):
        file = tmp_path / f"export.{suffix}"
        export_answers({"baseline": thrice}, target, tmp_path, file, VALUE_PORTRAIT)
        back = read_export(file, hashes, None, target.row.model, "baseline", VALUE_PORTRAIT)
        for name in ("item_id", "prompt_version", "repeat", "raw_response", "outcome"):
            assert back[name].to_pylist() == table[name].to_pylist()
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(InputError, match="item 1-2, repeat 2: has no answer"):
        read_export(file, hashes, None, target.row.model, "baseline", VALUE_PORTRAIT)


def test_who_was_asked_once_stands_beside_who_was_asked_again(tmp_path: Path) -> None:
    cells = {"condition": "baseline", "prompt_version": "a", "outcome": "answered"}
    cells |= {"finish_reason": None, "reasoning_length": None, "error": None}
    rows = [{"model": "once", "item_id": "1-1", "raw_response": "often"}]
    again = [{"model": "again", "item_id": "1-1", "repeat": n, "raw_response": "rarely"} for n in range(2)]
    for name, own in (("once", rows), ("again", again)):
        columns = {key: [row[key] for row in own] for key in own[0]} | {key: [cells[key]] * len(own) for key in cells}
        write_table(pd.DataFrame(columns), tmp_path / f"{name}.parquet", "answers", SMALL)
    tables = [read_table(tmp_path / f"{name}.parquet", "answers", SMALL) for name in ("once", "again")]
    with written_in_parts(tmp_path / "ratings.parquet", "ratings", SMALL) as write:
        for table in tables:
            write(rate_answers([numbered(table)], "strict", SMALL))
    rated = read_table(tmp_path / "ratings.parquet", "ratings", SMALL)
    assert rated["repeat"].to_pylist() == [0, 0, 1]
    assert rated["rating"].to_pylist() == [3, 1, 1]
    # The same repeat twice is a fault, as an answer given twice.
    with pytest.raises(InputError, match="repeats model again"):
        write_table(tables[1].take([0, 0]), tmp_path / "twice.parquet", "answers", SMALL)
