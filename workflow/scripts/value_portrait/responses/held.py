"""What of the live answers is there: whether the store still holds what tables were made from, and what is missing."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from value_portrait.errors import one_line

# The end of what was read tells one file that only grows from another.
_END = 65_536


def mark(path: str | Path) -> dict[str, Any]:
    """The size in bytes of a file of the store, and the SHA-256 of its end; of a missing file that of no bytes."""
    size = Path(path).stat().st_size if Path(path).exists() else 0
    return {"bytes": size, "end": _end(path, size)}


def times_lost(summary: str | Path, path: str | Path) -> int:
    """How often the store lost what a table was made from; ``summary`` is the JSON file beside the table.

    The number that the summary holds, and one more where the store's file no longer begins with what was read. So it
    stays what it was when the job that makes the table ran, and changes only when that has to run again.
    """
    try:
        content = orjson.loads(Path(summary).read_bytes())
        held, times = content["store"], int(content["lost"])
        return times + (_end(path, int(held["bytes"])) != held["end"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def missing_answers(results: str | Path, conditions: Mapping[str, Iterable[str]]) -> list[str]:
    """A line for each live model that was not asked to the end: what is missing, and the fault in its job's log.

    Parameters
    ----------
    conditions : of each live model, by its file name.
    """
    lines = []
    for model, names in conditions.items():
        folder = Path(results, "responses", model)
        if missing := [name for name in names if not (folder / f"{name}.parquet").exists()]:
            logs = [Path(results, "logs/preflight_model", f"{model}.log")]
            logs += [Path(results, "logs/query_model", model, f"{name}.log") for name in missing]
            if why := next((said for log in logs if (said := _fault_in(log))), None):
                lines.append(f"{model} lacks {', '.join(missing[:3])}{' …' if len(missing) > 3 else ''}: {why}")
    return lines


def _end(path: str | Path, size: int) -> str | None:
    """The hash of the last bytes before a place in a file; None where the file ends before."""
    start = max(0, size - _END)
    if size == 0:
        return hashlib.sha256(b"").hexdigest()
    if not Path(path).exists():
        return None
    with Path(path).open("rb") as file:
        file.seek(start, os.SEEK_SET)
        content = file.read(size - start)
    return hashlib.sha256(content).hexdigest() if len(content) == size - start else None


def _fault_in(log: Path) -> str | None:
    """The last error in the log of a job."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    faults = [line for line in text.splitlines() if line.startswith("ERROR: ")]
    return one_line(faults[-1].removeprefix("ERROR: ")) if faults else None
