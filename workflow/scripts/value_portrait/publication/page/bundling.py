"""The page's own scripts as one: a browser opens no file beside a page on disk.

Every module becomes a function that gives what it exports, after those that it imports; so names are its own.
"""

import re
from pathlib import Path

# One import a line, as the page's modules are written.
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "([^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|let|function|async function|class) (\w+))", re.MULTILINE)


def bundle(main: Path) -> str:
    """The script of ``main`` and all that it imports, however deeply."""
    parts: dict[Path, str] = {}
    _add(main.resolve(), parts, [])
    return '"use strict";\nconst modules = [];\n' + "\n".join(parts.values())


def _add(module: Path, parts: dict[Path, str], seen: list[Path]) -> int:
    """The place of a module among ``seen``, in which it has among ``parts`` come after what it imports."""
    if module in seen:
        return seen.index(module)
    seen.append(module)
    place = len(seen) - 1

    def imported(found: re.Match[str]) -> str:
        return f"const {found[1]} = modules[{_add((module.parent / found[2]).resolve(), parts, seen)}];"

    content = _IMPORT.sub(imported, module.read_text(encoding="utf-8"))
    names = ", ".join(_EXPORT.findall(content))
    parts[module] = f"modules[{place}] = (() => {{\n{_EXPORT.sub('', content)}return {{ {names} }};\n}})();\n"
    return place
