import io
import sys
import time

import pytest
from value_portrait.responses.engine import Summary
from value_portrait.responses.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a run of 90 answers in 10 seconds shows."""
    clock = iter([100.0, 100.0, 110.0])
    monkeypatch.setattr(time, "time", lambda: next(clock))
    summary = Summary(1000, 100)
    progress = Progress("m (baseline)", stream)
    progress.start(summary, 0.5)
    summary.answered = 190
    summary.outcomes.update(answered=88, refusal=2, rate_limited=3)
    progress.finish(summary, 1.25)
    return stream.getvalue()


LAST = "m (baseline): 190 of 1,000 answered, 9.0/s, 3 rate limited, 2 refusal, 0.75 USD, 90 s left"


def test_plain_lines_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(io.StringIO(), monkeypatch).splitlines()
    assert lines == ["m (baseline): 100 of 1,000 answered, 0.0/s, 0.00 USD", LAST]


def test_one_line_is_rewritten_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(Terminal(), monkeypatch)
    assert text.endswith(f"\r\x1b[2K{LAST}\n")
    assert text.count("\n") == 1


def line(monkeypatch: pytest.MonkeyPatch, seconds: float, answered: int, planned: int = 1000, before: int = 0) -> str:
    clock = iter([100.0, 100.0, 100.0 + seconds])
    monkeypatch.setattr(time, "time", lambda: next(clock))
    summary = Summary(planned, before)
    progress = Progress("m", io.StringIO())
    progress.start(summary, 0)
    summary.answered = answered
    return progress.line(summary, 0)


@pytest.mark.parametrize(
    ("seconds", "answered", "left"),
    [
        (1, 500, "1 s left"),
        (299, 500, "299 s left"),
        (299.4, 500, "299 s left"),
        (299.6, 500, "5 min left"),
        (359, 500, "5 min left"),
        (3599, 500, "59 min left"),
        (3600, 500, "1 h 0 min left"),
        (7260, 500, "2 h 1 min left"),
        (10, 1000, "USD"),
        (10, 0, "USD"),
    ],
)
def test_the_time_left_is_that_of_the_rate_so_far(
    monkeypatch: pytest.MonkeyPatch, seconds: float, answered: int, left: str
) -> None:
    assert line(monkeypatch, seconds, answered).endswith(left)


def test_the_rate_counts_what_this_run_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert line(monkeypatch, 4, 110, before=100) == "m: 110 of 1,000 answered, 2.5/s, 0.00 USD, 5 min left"


def test_a_terminal_is_shown_more_often_than_a_log() -> None:
    assert (Progress("m", Terminal()).every_s, Progress("m", io.StringIO()).every_s) == (0.5, 30)
    assert Progress("m", Terminal()).on_terminal
    assert Progress("m").stream is sys.stderr
