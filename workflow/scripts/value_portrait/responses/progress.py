"""How a run is going: one line for all that it asks, rewritten on a terminal, a plain one now and then elsewhere."""

import sys
import time
from typing import Any, TextIO

from value_portrait.responses.board import Board, State

_TERMINAL_EVERY_S, _PLAIN_EVERY_S = 0.5, 30.0


class Progress:
    """Shows answered of planned requests, rate, errors by class, USD and time left on ``stream`` (None: stderr).

    With a ``board``, of all jobs of a run, and only where none of the others does.
    """

    def __init__(self, label: str, stream: TextIO | None = None, board: Board | None = None) -> None:
        self.label, self.stream, self.board = label, stream or sys.stderr, board
        self.on_terminal = self.stream.isatty()
        self.every_s = _TERMINAL_EVERY_S if self.on_terminal else _PLAIN_EVERY_S

    def start(self, summary: Any, usd: float) -> None:
        """Note where the run begins."""
        self._begun, self._before, self._usd = time.time(), summary.answered, usd
        self.show(summary, usd)

    def show(self, summary: Any, usd: float) -> None:
        """Show the state of the run."""
        line = self.line(summary, usd)
        if self.board is None or self.board.shows():
            self.stream.write(f"\r\x1b[2K{line}" if self.on_terminal else f"{line}\n")
            self.stream.flush()

    def finish(self, summary: Any, usd: float) -> None:
        """Show the last state, and leave the line."""
        self.show(summary, usd)
        if self.board is not None:
            if self.on_terminal and self.board.shows():
                self.stream.write("\n")
            self.board.close()
        elif self.on_terminal:
            self.stream.write("\n")

    def line(self, summary: Any, usd: float) -> str:
        """The state as one line."""
        outcomes = dict(summary.outcomes)
        state = State(summary.planned, summary.answered, self._before, outcomes, usd - self._usd, self._begun)
        if self.board is not None:
            state = self.board.sum(state)
        elapsed = time.time() - state.begun
        rate = (state.answered - state.before) / elapsed if elapsed > 0 else 0.0
        parts = [f"{self.label}: {state.answered:,} of {state.planned:,} answered", f"{rate:.1f}/s"]
        errors = sorted(state.outcomes.items(), key=lambda one: -one[1])
        parts += [f"{count} {name.replace('_', ' ')}" for name, count in errors if name != "answered"]
        parts.append(f"{state.usd:.2f} USD")
        if rate and state.answered < state.planned:
            parts.append(f"{_duration((state.planned - state.answered) / rate)} left")
        return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes >= 5 else f"{60 * minutes + seconds} s"
