"""Files that appear whole or not at all."""

import os
from pathlib import Path


class written_whole:  # noqa: N801  (used like a function)
    """Context manager: gives a path beside ``path`` to write to, renamed into place when all went well."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        # The suffix stays, since some writers choose the format by it; the process id keeps orphans apart.
        self.partial = self.path.with_name(f".{self.path.stem}.{os.getpid()}{self.path.suffix}")

    def __enter__(self) -> Path:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return self.partial

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.partial.replace(self.path)
        else:
            self.partial.unlink(missing_ok=True)
