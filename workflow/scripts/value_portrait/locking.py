"""Locks that end with the process that holds them, however it ends.

POSIX record locks, since network file systems pass them on to their server. A lock lives in a file of its own: closing
any descriptor of the file that it guards would free it.
"""

import fcntl
import os
import socket
import time
from pathlib import Path

from value_portrait.errors import InputError

# Where a run says which file its jobs are to hold.
_JOBS = "VALUE_PORTRAIT_JOBS"


def lock(guarded: str | Path, file: str | Path) -> int:
    """Take the lock in ``file`` for this process, which guards a file or folder; gives the descriptor that holds it.

    Raises
    ------
    InputError : another process holds it; says which.
    """
    taken = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.lockf(taken, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        holder = os.read(taken, 200).decode(errors="replace").strip() or "another process"
        os.close(taken)
        raise InputError(guarded, f"is being written by {holder}.", "Wait for it, or stop it, and run again.") from None
    os.ftruncate(taken, 0)
    started = time.strftime("%Y-%m-%d %H:%M:%S")
    os.pwrite(taken, f"process {os.getpid()} on {socket.gethostname()} since {started}\n".encode(), 0)
    return taken


def is_locked(file: str | Path) -> bool:
    """Whether some other process holds the lock in a file."""
    try:
        tried = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(tried, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return True
    finally:
        os.close(tried)
    return False


def begin_run(results: str, folder: str | Path) -> None:
    """Take the results for this process and its jobs; what holds them is kept below ``folder``.

    Raises
    ------
    InputError : another run makes them, or jobs of one that was killed still do.
    """
    run, jobs = Path(folder, "run"), Path(folder, "jobs")
    try:
        run.parent.mkdir(parents=True, exist_ok=True)
        lock(results, run)
        jobs.touch()
        running = is_locked(jobs)
    except OSError as problem:
        raise InputError(
            run.parent, f"cannot be written and locked ({problem.strerror}).", "Run where there is a disk that can."
        ) from None
    if running:
        raise InputError(
            results, "is still being written by jobs of a run that was killed.", "Wait until they end, and run again."
        )
    os.environ[_JOBS] = str(jobs)


def join_run() -> None:
    """Hold the results for the run that this process is a job of, to its end."""
    if _JOBS in os.environ:
        try:
            fcntl.lockf(os.open(os.environ[_JOBS], os.O_RDONLY), fcntl.LOCK_SH)
        except FileNotFoundError:
            # A node that does not see the run's folder; its jobs cannot outlive what copies their results.
            return
