"""Names of files, files that appear whole or not at all, and JSON read with errors for people."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from value_portrait.errors import InputError


def slug(name: str) -> str:
    """A file name: letters, digits, ``.``, ``_``, ``-`` and ``@`` stay, everything else becomes ``_``."""
    safe = re.sub(r"[^A-Za-z0-9._@-]", "_", name)
    return "_" + safe[1:] if safe.startswith((".", "-")) else safe


@contextmanager
def written_whole(path: str | Path) -> Iterator[Path]:
    """Give a path beside ``path`` to write to, which takes its name when all went well and vanishes otherwise."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays, since some writers choose the format by it; the process id keeps orphans apart.
    partial = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_json(path: str | Path) -> Any:
    """The content of a JSON file.

    Raises
    ------
    InputError : the file is missing or is no JSON.
    """
    try:
        return orjson.loads(Path(path).read_bytes())
    except FileNotFoundError:
        raise InputError(path, "is missing.", "Run again from the archive, or correct config/models.tsv.") from None
    except orjson.JSONDecodeError as problem:
        raise InputError(path, f"is no JSON ({problem}).", "Restore the file, or correct it there.") from None
