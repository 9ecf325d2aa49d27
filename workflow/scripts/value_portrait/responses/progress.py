"""How a run is going: one line that is rewritten on a terminal, plain lines now and then elsewhere."""

import sys
import time
from typing import Any, TextIO

_TERMINAL_EVERY_S, _PLAIN_EVERY_S = 0.5, 30.0


class Progress:
    """Shows answered of planned requests, rate, errors by class, USD and time left on ``stream`` (None: stderr)."""

    def __init__(self, label: str, stream: TextIO | None = None) -> None:
        self.label, self.stream = label, stream or sys.stderr
        self.on_terminal = self.stream.isatty()
        self.every_s = _TERMINAL_EVERY_S if self.on_terminal else _PLAIN_EVERY_S

    def start(self, summary: Any, usd: float) -> None:
        """Note where the run begins."""
        self._begun, self._before = time.monotonic(), summary.answered
        self.show(summary, usd)

    def show(self, summary: Any, usd: float) -> None:
        """Show the state of the run."""
        line = self.line(summary, usd)
        self.stream.write(f"\r\x1b[2K{line}" if self.on_terminal else f"{line}\n")
        self.stream.flush()

    def finish(self, summary: Any, usd: float) -> None:
        """Show the last state, and leave the line."""
        self.show(summary, usd)
        if self.on_terminal:
            self.stream.write("\n")

    def line(self, summary: Any, usd: float) -> str:
        """The state as one line."""
        elapsed = time.monotonic() - self._begun
        rate = (summary.answered - self._before) / elapsed if elapsed > 0 else 0.0
        parts = [f"{self.label}: {summary.answered} of {summary.planned} answered", f"{rate:.1f}/s"]
        errors = {name: count for name, count in summary.outcomes.most_common() if name != "answered"}
        parts += [f"{count} {name.replace('_', ' ')}" for name, count in errors.items()]
        parts.append(f"{usd:.2f} USD")
        if rate and summary.missing:
            parts.append(f"{_duration(summary.missing / rate)} left")
        return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes >= 5 else f"{60 * minutes + seconds} s"
