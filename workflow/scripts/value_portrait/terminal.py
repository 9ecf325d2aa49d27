"""What a run says in the terminal: a line for each job that starts, how far the run is, what it came to."""

import logging
import time
from collections.abc import Hashable, Iterable, Mapping
from copy import copy
from pathlib import Path
from typing import TypeVar

from value_portrait.wording import counted

Job = TypeVar("Job", bound=Hashable)

# Of Snakemake's log, what such a line makes unnecessary: events, and a message that is none.
_EVENTS = ("resources_info", "run_info", "job_started", "job_finished", "progress")
_MESSAGE = "Select jobs to execute..."
_LIBRARY = "scripts/value_portrait/"
_WORDS = ("verdict.txt", "recovery.md")
_WORTH_OPENING = (
    "publication/report.html",
    "publication/summary.md",
    "publication/robustness.md",
    "publication/certificate.md",
    "publication/figures/value_profiles.png",
    "publication/figures/recovery.png",
    "publication/figures",
    "publication/tables",
    "scores/profiles.csv",
    "items/item_key.csv",
    "study/data_quality.csv",
)


class Brief(logging.Formatter):
    """Filter and formatter of a handler of Snakemake's log: a line for each job; what is no progress stays as it is."""

    def __init__(self, usual: logging.Formatter) -> None:
        super().__init__()
        self.usual, self.begun, self.done, self.total = usual, time.time(), 0, 0

    def begin(self, total: int, cores: int | None, expected: float | None) -> str:
        """Note how many jobs there are; the line that says so, and how long they should take, in seconds."""
        self.begun, self.total = time.time(), total
        where = f" on {counted(cores, 'core')}" if cores else ""
        took = "" if expected is None else f", about {duration(expected)} by what they took last time"
        return f"{counted(total, 'job')}{where}{took}. Time, jobs done, what begins:"

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is shown; those of the progress are counted."""
        event = getattr(record, "event", None)
        if event == "progress":
            self.done, self.total = record.done, record.total  # type: ignore[attr-defined]
        return event not in _EVENTS and record.msg != _MESSAGE

    def format(self, record: logging.LogRecord) -> str:
        """The line of a job that starts; any other record in the usual words, without the library's modules."""
        event = getattr(record, "event", None)
        if event == "job_error":
            record = copy(record)
            record.input = [path for path in record.input if _LIBRARY not in path]  # type: ignore[attr-defined]
        if event != "job_info":
            return self.usual.format(record)
        what = record.rule_msg or record.rule_name  # type: ignore[attr-defined]
        # A target makes nothing of its own: it is done when it begins, and what it says is that all is.
        done = self.done + (not record.output)  # type: ignore[attr-defined]
        width = len(str(self.total))
        return f"{duration(record.created - self.begun):>7}  {done:>{width}} of {self.total}  {what}"


def duration(seconds: float) -> str:
    """Minutes and seconds, from an hour on with hours."""
    minutes, seconds = divmod(round(max(seconds, 0)), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if minutes >= 60 else f"{minutes}:{seconds:02}"


def expected_seconds(took: Mapping[Job, float], before: Mapping[Job, Iterable[Job]], cores: int) -> float:
    """Seconds until all jobs are done: of all on so many cores, or of the longest chain if that is more.

    ``took`` has the seconds of each job, ``before`` the jobs that it waits for; of these, others do not count.
    """
    ends: dict[Job, float] = {}

    def end(job: Job) -> float:
        if job not in ends:
            waits = [end(earlier) for earlier in before.get(job, ()) if earlier in took]
            ends[job] = took[job] + max(waits, default=0.0)
        return ends[job]

    return max(sum(took.values()) / cores, *map(end, took)) if took else 0.0


def what_it_came_to(results: str | Path) -> str:
    """The verdict on the paper, or what was recovered of a simulated truth, and the files worth opening."""
    words = [
        path.read_text(encoding="utf-8").strip()
        for name in _WORDS
        if (path := Path(results, "publication", name)).exists()
    ]
    files = [f"  {results}/{name}" for name in _WORTH_OPENING if Path(results, name).exists()]
    return "\n" + "\n\n".join([*words, "\n".join(["Worth opening:", *files])])
