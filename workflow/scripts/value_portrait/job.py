"""What every script does around its one function: logging to the rule's log, and errors made for people."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import InputError


@contextmanager
def job(log: str) -> Iterator[None]:
    """The frame of a rule's script, with log records and warnings going to the file ``log``.

    An error of the input, or of the disk, ends the script with its one line in that file and exit code 1; any other
    exception is a fault of ours and leaves its traceback there.
    """
    logging.basicConfig(filename=log, filemode="w", level=logging.INFO, format="%(levelname)s: %(message)s")
    logging.captureWarnings(True)
    try:
        yield
    except (InputError, OSError) as error:
        logging.error("%s", error)
        sys.exit(1)
    except Exception:
        logging.exception("This is a fault of the pipeline.")
        sys.exit(1)
