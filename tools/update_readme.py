"""Puts the certificate of the last run of the paper into the README, between its marks: make readme."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START, END = "<!-- certificate: start, by make readme -->\n", "<!-- certificate: end -->\n"


def with_certificate(readme: str, certificate: str) -> str:
    """The README's text with the certificate (Markdown) as its section, one level lower, without its last part."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    section = certificate.partition("\n## What the others need")[0].replace("\n## ", "\n### ")
    return f"{before}{START}#{section}{END}{after}"


if __name__ == "__main__":
    certificate = ROOT / "results/publication/certificate.md"
    if not certificate.exists():
        sys.exit(f"Error: {certificate.relative_to(ROOT)} is missing. Run 'make paper' first.")
    readme = ROOT / "README.md"
    readme.write_text(
        with_certificate(readme.read_text(encoding="utf-8"), certificate.read_text(encoding="utf-8")), encoding="utf-8"
    )
