"""What every script does around its one function: logging to the rule's log, and errors made for people."""

import logging
import sys
from types import TracebackType

from .errors import InputError


class job:  # noqa: N801  (used like a function)
    """Context manager of a rule's script: ``with job(snakemake.log[0]): ...``.

    Log records and warnings go to the file. An error of the input, or of the disk, ends the script with its one
    line in that file and exit code 1; any other exception is a fault of ours and leaves its traceback there.
    """

    def __init__(self, log: str) -> None:
        logging.basicConfig(filename=log, filemode="w", level=logging.INFO, format="%(levelname)s: %(message)s")
        logging.captureWarnings(True)

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or not issubclass(kind, Exception):
            return
        if issubclass(kind, InputError | OSError):
            logging.error("%s", error)
        else:
            logging.error("This is a fault of the pipeline.", exc_info=error)
        sys.exit(1)
