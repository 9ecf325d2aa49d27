"""The store of live answers: append-only files, one for each model and condition, one line for each attempt.

A line counts when it is on disk (fsync) with its line break. What a crash leaves behind the last line break is cut off
when the file is opened for writing; readers skip it.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NotRequired, TypedDict, cast

import orjson

from value_portrait.errors import InputError
from value_portrait.files import slug
from value_portrait.locking import lock
from value_portrait.reading import check_file
from value_portrait.responses.outcomes import FATAL, RETRIED, TERMINAL
from value_portrait.responses.replies import MOST_USD
from value_portrait.responses.requests import Planned, renewed

_OUTCOMES = TERMINAL | RETRIED | FATAL.keys()


class Record(TypedDict):
    """One line of the store: an attempt at a question.

    Attributes
    ----------
    key : identifies the request; see ``requests.request_key``. former : the key under which an earlier version of the
        pipeline wrote it. identity, checkpoint : of the provider and the request set, as the key holds them.
    repeat : as planned, from 0.
    attempt : its number within its run, from 1. time : when it ended, UTC (ISO 8601). latency_s : seconds.
    outcome, message : its class, and what is to be said of it. answer, reasoning : the model's words.
    served_model, fingerprint, upstream : who answered, as far as the reply says so.
    tokens_in, tokens_out, tokens_reasoning : as the server counts them. usd : what it cost, null where unknown.
    status, request_id, headers : of the HTTP reply; the headers that may be kept.
    batch : the provider's id of the batch. request, response : what was sent (JSON), and the reply as it came.
    """

    key: str
    former: NotRequired[str]
    identity: str
    checkpoint: str | None
    model: str
    condition: str
    item_id: str
    prompt_version: str
    repeat: int
    provider: str
    base_url: str
    api_version: str
    attempt: int
    time: str
    latency_s: float
    outcome: str
    message: str | None
    answer: str | None
    reasoning: str | None
    finish_reason: str | None
    served_model: str | None
    fingerprint: str | None
    upstream: str | None
    tokens_in: int | None
    tokens_out: int | None
    tokens_reasoning: int | None
    usd: float | None
    status: int | None
    request_id: str | None
    headers: dict[str, str]
    batch: str | None
    # A fragment of JSON until it is written.
    request: Any
    response: str


def store_file(store: str | Path, model: str, condition: str) -> Path:
    """Where the answers of a model under a condition are kept."""
    return Path(store, slug(model), f"{slug(condition)}.jsonl")


def read_records(path: str | Path) -> Iterator[Record]:
    """All attempts in a file of the store, in the order in which they were made; none where there is no file.

    Raises
    ------
    InputError : a line that is not the last one is no record.
    """
    for _, record in records_from(Path(path)):
        yield record


def terminal_records(path: str | Path) -> dict[str, Record]:
    """The record of each key, and former key, that needs no further attempt (the first, should there be several)."""
    found: dict[str, Record] = {}
    for record in read_records(path):
        if record["outcome"] in TERMINAL:
            found.setdefault(record["key"], record)
            if "former" in record:
                found.setdefault(record["former"], record)
    return found


def answers_of(path: str | Path, plan: Sequence[Planned]) -> dict[str, Record]:
    """The answers to planned requests, by key; of those that were once told apart by address, the present one's."""
    records = terminal_records(path)
    found = {planned.key: records.get(planned.former, records.get(planned.key)) for planned in plan}
    return {key: record for key, record in found.items() if record is not None}


class Store:
    """One file of the store, open for writing by this process alone: ``with Store(path) as store: ...``.

    Attributes
    ----------
    done : the keys that need no further attempt.
    usd : what all recorded attempts cost together.

    Raises
    ------
    InputError : another process writes to the file, or the file cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.done: set[str] = set()
        self.usd = 0.0
        self.size = 0
        self._waiting: list[tuple[bytes, Record, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    def __enter__(self) -> "Store":
        """Lock the file, read what it holds, and cut off a torn tail."""
        try:
            new = not self.path.exists()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = lock(self.path, lock_file(self.path))
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            if new:
                _sync_folders(self.path)
            for end, record in records_from(self.path):
                self.size = end
                self._count(record)
            self._repair()
        except OSError as problem:
            raise _unwritable(self.path, problem) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close and unlock the file."""
        os.close(self._file)
        os.close(self._lock)

    async def append(self, record: Record) -> None:
        """Keep a record; returns when it is on disk. Records that arrive during an fsync share the next one.

        Raises
        ------
        InputError : the disk is full, or the file can no longer be written; earlier records are safe.
        """
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        self._waiting.append((orjson.dumps(record) + b"\n", record, written))
        if self._writer is None:
            self._writer = loop.create_task(self._write_waiting())
        await written

    async def _write_waiting(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                await loop.run_in_executor(None, self._write, b"".join(line for line, _, _ in group))
            except InputError as problem:
                for _, _, written in group:
                    # Who gave up waiting has no use for it.
                    if not written.done():
                        written.set_exception(problem)
            else:
                for _, record, written in group:
                    self._count(record)
                    if not written.done():
                        written.set_result(None)
        self._writer = None

    def _write(self, lines: bytes) -> None:
        try:
            view = memoryview(lines)
            while view:
                view = view[os.write(self._file, view) :]
            os.fsync(self._file)
        except OSError as problem:
            # Half a group would stand in the middle of the file once more is appended.
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self.size)
            raise _unwritable(self.path, problem) from None
        self.size += len(lines)

    def _count(self, record: Record) -> None:
        self.usd += record["usd"] or 0.0
        if record["outcome"] in TERMINAL:
            self.done.add(record["key"])

    def _repair(self) -> None:
        torn = os.fstat(self._file).st_size - self.size
        if torn:
            logging.warning(
                "%s: cut off %d bytes that an interrupted run left behind its last record.", self.path, torn
            )
            os.ftruncate(self._file, self.size)
            os.fsync(self._file)


def lock_file(path: Path) -> Path:
    """The file that is locked for a file of the store."""
    return path.with_name(f".{path.name}.lock")


def records_from(path: Path, start: int = 0) -> Iterator[tuple[int, Record]]:
    """The records from a byte offset on, each with the offset behind it; a torn tail is left out."""
    if not path.exists():
        return
    check_file(path)
    with path.open("rb") as file:
        end = file.seek(start)
        torn: str | None = None
        for number, line in enumerate(file, 1):
            if torn:
                raise InputError(f"{path}, {torn}", "is no record.", "Restore the file, or remove that line.")
            try:
                record = orjson.loads(line) if line.endswith(b"\n") else None
            except orjson.JSONDecodeError:
                record = None
            if not isinstance(record, dict):
                torn = f"line {number}"
                continue
            if not _counts(record):
                where = f"{path}, {'line' if start == 0 else 'new line'} {number}"
                raise InputError(
                    where,
                    "has no key, an unknown outcome, or a cost that is none.",
                    "Restore the file from a copy; nothing was asked.",
                )
            end += len(line)
            yield end, cast(Record, renewed(record))


def _counts(record: dict[str, Any]) -> bool:
    """Whether a record has what every reader of the store counts on."""
    usd, outcome = record.get("usd", -1), record.get("outcome")
    return (
        isinstance(record.get("key"), str)
        and isinstance(outcome, str)
        and outcome in _OUTCOMES
        # NaN is no cost either, and no sum with it has an end.
        and (usd is None or (isinstance(usd, int | float) and usd is not True and 0 <= usd <= MOST_USD))
    )


def _sync_folders(path: Path) -> None:
    """Make a new file's name durable, and those of its folders."""
    for folder in (path.parent, path.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def _unwritable(path: Path, problem: OSError) -> InputError:
    return InputError(
        path,
        f"cannot be written ({problem.strerror}).",
        "Every answer recorded so far is kept: make room or correct the permissions, and run again.",
    )
