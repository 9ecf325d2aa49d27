"""Tables of LaTeX, compiled, and what TeX has to say against them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

needs_tex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="there is no pdflatex (Debian: texlive-latex-recommended)"
)

_FAULT = re.compile(r"^(! .*|Overfull .*|LaTeX Warning: Float too large.*|Missing character.*)$", re.MULTILINE)


def faults(tables: list[Path], folder: Path) -> dict[str, list[str]]:
    """What is wrong with each table (a file) in a plain article: errors, and what is beyond the page by more than 1 pt.

    ``folder`` takes what TeX writes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    inputs = [rf"\typeout{{TABLE {number}}}\input{{{path}}}\clearpage" for number, path in enumerate(tables)]
    preamble = r"\documentclass{article}\usepackage{array,booktabs,graphicx,longtable}\hfuzz=1pt \vfuzz=1pt"
    document = "\n".join([preamble, r"\begin{document}", *inputs, r"\typeout{TABLES END}", r"\end{document}", ""])
    (folder / "all.tex").write_text(document, encoding="utf-8")
    # A longtable knows the widths of its columns the second time.
    for _ in range(2):
        subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-draftmode", "-no-shell-escape", "all.tex"],
            cwd=folder,
            env=os.environ | {"max_print_line": "1000"},
            stdout=subprocess.DEVNULL,
            check=False,
            timeout=120,
        )
    log = (folder / "all.log").read_text(encoding="utf-8", errors="replace")
    assert "TABLES END" in log, log[-2000:]
    _, *parts = re.split(r"^TABLE \d+$", log, flags=re.MULTILINE)
    assert len(parts) == len(tables)
    found = {path.name: _FAULT.findall(part) for path, part in zip(tables, parts, strict=True)}
    return {name: own for name, own in found.items() if own}
