"""What people keep of an earlier run, held until the new one is whole.

Snakemake deletes a rule's output before the rule runs. So the files are linked aside when a run starts, and those that
a run which fails leaves missing are put back, so old that the next run makes them anew. What a whole run that succeeds
finds of earlier ones and no longer makes is removed.
"""

import os
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from value_portrait.files import HALF_WRITTEN, written_whole

# Older than whatever a file is made from, so that it never counts as up to date.
_LONG_AGO = (1, 1)


def keep_aside(results: str | Path, folders: Sequence[str], aside: str | Path) -> None:
    """Link every file of these folders of the results below ``aside``, after what a killed run left missing."""
    put_back(results, aside)
    for folder in folders:
        for path in sorted(Path(results, folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.match(HALF_WRITTEN):
                target = Path(aside, path.relative_to(results))
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    os.link(path, target)
                except OSError:
                    # Another file system, or one without links.
                    with written_whole(target) as partial:
                        shutil.copy2(path, partial)


def put_back(results: str | Path, aside: str | Path) -> int:
    """Bring back what is missing of the files kept aside, and say how many these were.

    Nothing stays aside, and nothing half-written by a process that was killed.
    """
    remove_half_written(results)
    remove_half_written(aside)
    missing = 0
    for kept in sorted(Path(aside).rglob("*")):
        path = Path(results, kept.relative_to(aside))
        if kept.is_file() and not path.exists():
            # A copy: what is aside shares its age with the file that it was linked from.
            with written_whole(path) as partial:
                shutil.copyfile(kept, partial)
                os.utime(partial, _LONG_AGO)
            missing += 1
    shutil.rmtree(aside, ignore_errors=True)
    return missing


def remove_half_written(folder: str | Path) -> None:
    """Remove what processes that were killed left below a folder; what one of this machine still writes stays."""
    for partial in Path(folder).rglob(HALF_WRITTEN):
        written_by = re.search(r"\.(\d+)\.partial", partial.name)
        if written_by and not _is_writing(int(written_by[1]), partial):
            partial.unlink(missing_ok=True)


def _is_writing(process: int, partial: Path) -> bool:
    try:
        writer = psutil.Process(process)
        # What was killed keeps its number until its parent asks how it ended, and then another process may get it.
        return writer.status() != psutil.STATUS_ZOMBIE and writer.create_time() <= partial.stat().st_ctime
    # What may not be looked at is somebody else's, who writes nothing here.
    except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
        return False


def remove_unmade(folder: str | Path, made: Callable[[str], float | None], makes: Callable[[str], bool]) -> list[str]:
    """Remove what earlier runs made below a folder and nothing makes now; the paths of what is gone.

    ``made`` gives the time of a file as the run left it that made it, None for a file that none made; ``makes`` says
    whether there still is a rule for it. What somebody has put there, or changed since, stays, and so do links.
    """
    removed = []
    for path in sorted(Path(folder).rglob("*")):
        if path.is_symlink() or not path.is_file() or makes(str(path)):
            continue
        if (time := made(str(path))) is not None and path.stat().st_mtime in (time, _LONG_AGO[1]):
            path.unlink()
            removed.append(str(path))
    for parent in sorted({parent for path in removed for parent in Path(path).parents}, reverse=True):
        if parent.is_relative_to(folder) and parent != Path(folder) and not any(parent.iterdir()):
            parent.rmdir()
    return removed
