"""What every script does around its one function: logging to the rule's log, and errors made for people."""

import errno
import gc
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import MetaPathFinder

from value_portrait.errors import InputError, one_line
from value_portrait.locking import join_run


class _WithoutPandas(MetaPathFinder):
    """Makes pandas look as if it were not installed."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


class _Printable(logging.Formatter):
    """What is logged may quote what models and files say, and Snakemake shows it on the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The record, line by line, without what a terminal would obey."""
        return "\n".join(map(one_line, super().format(record).split("\n")))


class _Log(logging.FileHandler):
    """The rule's log; where the disk is full, what should stand there goes to the terminal."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say the line that could not be written."""
        print(self.format(record), file=sys.stderr)


# What a user does about a disk, by its complaint.
_REMEDIES = {
    errno.ENOSPC: "Make room on its disk, and run again: what is finished is kept.",
    errno.EDQUOT: "Make room in your quota, and run again: what is finished is kept.",
    errno.EROFS: "Make its disk writable, and run again: what is finished is kept.",
}


@contextmanager
def job(log: str, pandas: bool = True) -> Iterator[None]:
    """The frame of a rule's script, with log records and warnings going to the file ``log``.

    Where ``pandas`` is false, pyarrow does not get to import it of its own accord, which would cost 0.3 s.

    An error of the input, or of the disk, ends the script with its one line in that file and exit code 1; any other
    exception is a fault of ours and leaves its traceback there.
    """
    join_run()
    handler = _Log(log, mode="w", encoding="utf-8")
    handler.setFormatter(_Printable("%(levelname)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.captureWarnings(True)
    if not pandas:
        sys.meta_path.insert(0, _WithoutPandas())
    # What is imported stays, and a job ends soon: few searches for garbage, none through imports, none at the end.
    gc.freeze()
    gc.set_threshold(50_000)
    try:
        yield
    except InputError as error:
        logging.error("%s", error)
        sys.exit(1)
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0)
        said = remedy and InputError(
            error.filename or log, f"cannot be written ({os.strerror(error.errno or 0)}).", remedy
        )
        logging.error("%s", said or error)
        sys.exit(1)
    except Exception:
        logging.exception("This is a fault of the pipeline.")
        sys.exit(1)
    finally:
        gc.freeze()
