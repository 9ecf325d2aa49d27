"""The page's own scripts as one: every module after those that it imports, without the lines that import them.

A browser opens no file beside a page on disk, so modules stand in one scope; a name that two of them declare is an
error when the page opens, and in the tests.
"""

import re
from pathlib import Path

# One import a line, as the page's modules are written.
_IMPORT = re.compile(r'^import \{[^}]*\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|function|async function|class)", re.MULTILINE)


def bundle(main: Path) -> str:
    """The script of ``main`` and all that it imports, however deeply."""
    parts: dict[Path, str] = {}
    _add(main.resolve(), parts, set())
    return "\n".join(parts.values())


def _add(module: Path, parts: dict[Path, str], seen: set[Path]) -> None:
    seen.add(module)
    content = module.read_text(encoding="utf-8")
    for imported in _IMPORT.findall(content):
        path = (module.parent / imported).resolve()
        if path not in seen:
            _add(path, parts, seen)
    parts[module] = _EXPORT.sub("", _IMPORT.sub("", content))
