"""Whether the store still holds what was read of it, and what is said of answers that are missing."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest
from value_portrait.responses.held import mark, missing_answers, times_lost

LONG = bytes(range(256)) * 300  # more than the end that is looked at


@pytest.fixture
def summary(tmp_path: Path) -> Path:
    (tmp_path / "answers").write_bytes(LONG)
    path = tmp_path / "summary.json"
    path.write_bytes(orjson.dumps({"lost": 2, "store": mark(tmp_path / "answers")}))
    return path


@pytest.mark.parametrize(
    ("now", "times"),
    [
        (LONG, 2),
        (LONG + b"more", 2),
        (LONG[:-1], 3),
        (LONG[:-1] + b"x", 3),
        (b"", 3),
        (None, 3),
        (LONG[:-65_536] + b"x" + LONG[-65_535:], 3),
    ],
)
def test_a_store_that_only_grew_has_lost_nothing(summary: Path, now: bytes | None, times: int) -> None:
    path = summary.with_name("answers")
    path.unlink()
    if now is not None:
        path.write_bytes(now)
        os.utime(path, (0, 0))
    assert times_lost(summary, path) == times


def test_nothing_is_lost_from_an_empty_store_and_without_a_summary_nothing_is_known(tmp_path: Path) -> None:
    path, summary = tmp_path / "answers", tmp_path / "summary.json"
    assert times_lost(summary, path) == 0
    summary.write_bytes(orjson.dumps({"lost": 1, "store": mark(path)}))
    assert times_lost(summary, path) == 1
    for content in (b"{}", b"[", b"[1]", b'{"lost": 4, "store": 5}', b'{"lost": "x", "store": {}}'):
        summary.write_bytes(content)
        assert times_lost(summary, path) == 0


def test_what_is_missing_is_said_with_the_last_fault(tmp_path: Path) -> None:
    def write(name: str, text: str = "") -> None:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    write("responses/fir/baseline.parquet")
    write("responses/oak/baseline.parquet")
    write("logs/query_model/oak/age_old.log", "INFO: x\nERROR: first\nERROR: over \x1b[31mbudget\nINFO: y")
    write("logs/preflight_model/elm.log", "ERROR: wrong key")
    write("logs/query_model/elm/baseline.log", "ERROR: of an earlier run")
    conditions: dict[str, Any] = {"fir": ["baseline"], "oak": ["baseline", "a", "b", "age_old", "c"]}
    assert missing_answers(tmp_path, conditions | {"elm": ["baseline"], "yew": ["baseline"]}) == [
        "oak lacks a, b, age_old …: over \\x1b[31mbudget",
        "elm lacks baseline: wrong key",
    ]
