import io
import time

import pytest
from value_portrait.responses.engine import Summary
from value_portrait.responses.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a run of 90 answers in 10 seconds shows."""
    clock = iter([100.0, 100.0, 110.0, 110.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    summary = Summary(1000, 100)
    progress = Progress("m (baseline)", stream)
    progress.start(summary, 0.5)
    summary.answered = 190
    summary.outcomes.update(answered=88, refusal=2, rate_limited=3)
    progress.finish(summary, 1.25)
    return stream.getvalue()


LAST = "m (baseline): 190 of 1000 answered, 9.0/s, 3 rate limited, 2 refusal, 1.25 USD, 90 s left"


def test_plain_lines_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(io.StringIO(), monkeypatch).splitlines()
    assert lines == ["m (baseline): 100 of 1000 answered, 0.0/s, 0.50 USD", LAST]


def test_one_line_is_rewritten_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(Terminal(), monkeypatch)
    assert text.endswith(f"\r\x1b[2K{LAST}\n")
    assert text.count("\n") == 1
