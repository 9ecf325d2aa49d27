"""Names of files, and files that appear whole or not at all."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def slug(name: str) -> str:
    """A file name: letters, digits, ``.``, ``_``, ``-`` and ``@`` stay, everything else becomes ``_``."""
    safe = re.sub(r"[^A-Za-z0-9._@-]", "_", name)
    return "_" + safe[1:] if safe.startswith((".", "-")) else safe


# Names of files that are still being written, or were when their process was killed.
HALF_WRITTEN = ".*.partial*"


@contextmanager
def written_whole(path: str | Path) -> Iterator[Path]:
    """Give a path beside ``path`` to write to, which takes its name when all went well and vanishes otherwise."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays, since some writers choose the format by it; the process id keeps orphans apart.
    partial = path.with_name(f".{path.stem}.{os.getpid()}.partial{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
