"""The rules with a script, and what their scripts import."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "workflow/scripts"
# Names of conda packages that differ from those of the index.
SAME_AS = {"matplotlib-base": "matplotlib"}


class Rule(NamedTuple):
    """A rule: its name, its script (stage and name), and the name of its environment."""

    name: str
    script: str
    environment: str


def rules() -> Iterator[Rule]:
    """All rules with a script."""
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        for block in re.split(r"\n\s*rule ", path.read_text())[1:]:
            script = re.search(r'"\.\./scripts/([\w/]+)\.py"', block)
            if script:
                yield Rule(block.split(":")[0], script[1], re.search(r"envs/(\w+)\.yaml", block)[1])


def imported(script: Path, seen: set[Path]) -> set[str]:
    """The packages outside the standard library that a script or module imports, early or late, however deeply.

    The library's modules that it imports are added to ``seen``.
    """
    found = set()
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.module.startswith("value_portrait"):
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            base = SCRIPTS.joinpath(*node.module.split("."))
            names = [base] if base.with_suffix(".py").exists() else [base / alias.name for alias in node.names]
            for module in (name.with_suffix(".py") for name in names):
                if module not in seen:
                    seen.add(module)
                    found |= imported(module, seen)
    return found - set(sys.stdlib_module_names)
