"""One view of everything that a run asks, made by hand."""

import io
from pathlib import Path

import orjson
import pytest
from targets import run_apart
from value_portrait.responses.board import Board, State, note_run
from value_portrait.responses.engine import Summary
from value_portrait.responses.progress import Progress

MINE = State(10, 4, 1, {"answered": 3, "refusal": 1}, 0.5, 100.0)


def stored(root: Path, model: str, condition: str, number: int, failed: int = 0) -> None:
    path = root / "store" / model / f"{condition}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    # The words of an answer are no outcome.
    lines = [{"outcome": "answered", "answer": '"outcome":"answered"'}] * number + [{"outcome": "server"}] * failed
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))


def test_all_that_is_asked_is_added_up(tmp_path: Path) -> None:
    stored(tmp_path, "Fir_1", "age_old", 3, failed=9)
    stored(tmp_path, "Oak", "baseline", 99)
    note_run(tmp_path / "board", {"Fir 1": ["baseline", "age_old", "age_young"], "Oak": ["baseline"]})
    first = Board(tmp_path / "board", tmp_path / "store", "Fir 1", "baseline")
    # Of Oak no more than is asked now: its file may hold answers to other questions.
    assert first.sum(MINE) == State(40, 4 + 3 + 10, 1 + 3 + 10, MINE.outcomes, 0.5, 100.0)
    second = Board(tmp_path / "board", tmp_path / "store", "Fir 1", "age_old")
    own = State(10, 5, 3, {"answered": 2, "refusal": 2}, 0.25, 90.0)
    both = State(40, 4 + 5 + 10, 1 + 3 + 10, {"answered": 5, "refusal": 3}, 0.75, 90.0)
    assert second.sum(own) == first.sum(MINE) == both
    note_run(tmp_path / "board", {"Fir 1": ["baseline"]})
    assert Board(tmp_path / "board", tmp_path / "store", "Fir 1", "baseline").sum(MINE) == MINE


def test_where_no_run_has_begun_a_job_sees_itself_alone(tmp_path: Path) -> None:
    stored(tmp_path, "fir", "age_old", 3)
    assert Board(tmp_path / "board", tmp_path / "store", "fir", "baseline").sum(MINE) == MINE


def test_one_of_all_processes_shows_until_it_ends(tmp_path: Path) -> None:
    note_run(tmp_path, {"fir": ["a", "b"]})
    board = Board(tmp_path, tmp_path / "store", "fir", "a")
    assert board.shows()
    assert board.shows()

    def other() -> bool:
        return run_apart(lambda: Board(tmp_path, tmp_path / "store", "fir", "b").shows())

    assert not other()
    board.close()
    assert other()


def test_progress_shows_the_sum_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note_run(tmp_path, {"fir": ["a", "b"]})
    out = io.StringIO()
    progress = Progress("Asking", out, Board(tmp_path, tmp_path / "store", "fir", "a"))
    progress.start(Summary(1000, 10), 0.5)
    assert out.getvalue() == "Asking: 10 of 2,000 answered, 0.0/s, 0.00 USD\n"
    monkeypatch.setattr(Board, "shows", lambda self: False)
    progress.finish(Summary(1000, 20), 0.5)
    assert out.getvalue().count("\n") == 1


def test_where_nothing_can_be_written_a_job_goes_on_without_a_view(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    board = Board(tmp_path / "file/board", tmp_path / "store", "fir", "a")
    assert not board.shows()
    assert board.sum(MINE) == MINE
