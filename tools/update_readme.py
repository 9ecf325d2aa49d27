"""Puts the certificate of the last run of the paper into the README, between its marks: make readme."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START, END = "<!-- certificate: start, by make readme -->\n", "<!-- certificate: end -->\n"


def with_certificate(readme: str, certificate: str) -> str:
    """The README's text with the certificate (Markdown) as its section, one level lower, without its last part.

    Raises
    ------
    ValueError : the README has not exactly one of each mark.
    """
    if readme.count(START) != 1 or readme.count(END) != 1:
        raise ValueError(f"README.md must hold one line {START.strip()} and one line {END.strip()}")
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    section = certificate.partition("\n## What the others need")[0].replace("\n## ", "\n### ")
    return f"{before}{START}#{section}{END}{after}"


if __name__ == "__main__":
    certificate = ROOT / "results/publication/certificate.md"
    if not certificate.exists():
        sys.exit(f"Error: {certificate.relative_to(ROOT)} is missing. Run 'make paper' first.")
    readme = ROOT / "README.md"
    try:
        text = with_certificate(readme.read_text(encoding="utf-8"), certificate.read_text(encoding="utf-8"))
    except ValueError as problem:
        sys.exit(f"Error: {problem}.")
    readme.write_text(text, encoding="utf-8")
