"""An event loop whose clock jumps to whatever is due next: hours of waiting pass in a moment."""

import asyncio
import selectors
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any

import pytest


class _Jumping(selectors.SelectSelector):
    """Waits for nothing, and moves the clock by as long as it should have waited."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "nothing is due, and nobody comes"
            self.now += max(0.0, timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Sleeps take no time; threads and sockets are not waited for."""

    def __init__(self) -> None:
        self.clock = _Jumping()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.now


def run_virtually(monkeypatch: pytest.MonkeyPatch, main: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end, with the pacer's clock being the loop's."""
    from value_portrait.responses import pacing

    loop = VirtualLoop()
    monkeypatch.setattr(pacing, "time", SimpleNamespace(monotonic=loop.time))
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main)
