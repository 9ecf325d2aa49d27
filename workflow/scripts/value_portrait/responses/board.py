"""What all jobs of one run have asked: each writes its own state, and one of them shows the sum."""

import contextlib
import fcntl
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from value_portrait.files import slug, written_whole
from value_portrait.responses.outcomes import TERMINAL

_PLAN = "plan"


@dataclass(frozen=True)
class State:
    """Of a job, or of all together: requests, attempts by outcome, USD of this run, and its begin (Unix time)."""

    planned: int
    answered: int
    before: int
    outcomes: dict[str, int]
    usd: float
    begun: float


def note_run(folder: str | Path, conditions: Mapping[str, Iterable[str]]) -> None:
    """Note what a run may ask, by the file names of models and conditions, and forget the run before it."""
    shutil.rmtree(folder, ignore_errors=True)
    names = [_name(model, condition) for model, own in conditions.items() for condition in own]
    with written_whole(Path(folder, f"{_PLAN}.json")) as partial:
        partial.write_bytes(orjson.dumps(names))


class Board:
    """The states of a run's jobs, as one of them sees them; where no run has begun, its own alone."""

    def __init__(self, folder: str | Path, store: str | Path, model: str, condition: str) -> None:
        self.folder, self.name = Path(folder), _name(model, condition)
        self._lock: int | None = None
        plan = self._read(_PLAN)
        # What nobody has a state of was asked before, or will be; every condition has as many questions as this one.
        self._others = {
            name: _answers_in(Path(store, f"{name}.jsonl"))
            for name in (plan if isinstance(plan, list) else [])
            if name != self.name
        }

    def shows(self) -> bool:
        """Whether this job is the one that shows; it stays so until it ends."""
        if self._lock is None:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                lock = os.open(self.folder / "shown", os.O_RDWR | os.O_CREAT, 0o644)
            except OSError:
                return False
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(lock)
                return False
            self._lock = lock
        return True

    def close(self) -> None:
        """Let another one show."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def sum(self, own: State) -> State:
        """Note this job's state, and add up all."""
        # A full disk is for the store to report.
        with contextlib.suppress(OSError), written_whole(self._path(self.name)) as partial:
            partial.write_bytes(orjson.dumps(own))
        states = [own]
        planned = answered = before = 0
        for name, stored in self._others.items():
            if isinstance(state := self._read(name), dict):
                states.append(State(**state))
            else:
                planned += own.planned
                answered += min(stored, own.planned)
        before = answered
        outcomes: Counter[str] = Counter()
        for one in states:
            outcomes.update(one.outcomes)
        return State(
            planned=planned + sum(one.planned for one in states),
            answered=answered + sum(one.answered for one in states),
            before=before + sum(one.before for one in states),
            outcomes=dict(outcomes),
            usd=sum(one.usd for one in states),
            begun=min(one.begun for one in states),
        )

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _read(self, name: str) -> Any:
        try:
            return orjson.loads(self._path(name).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None


def _name(model: str, condition: str) -> str:
    return f"{slug(model)}/{slug(condition)}"


def _answers_in(path: Path) -> int:
    """About how many answers a file of the store holds; to be exact would take reading each."""
    content = path.read_bytes() if path.exists() else b""
    return sum(content.count(b'"outcome":"%s"' % outcome.encode()) for outcome in TERMINAL)
