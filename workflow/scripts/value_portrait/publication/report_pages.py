"""Pages of Snakemake's report, which by itself shows no table and no caption beside a figure."""

import csv
import re
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt

# Of a longer table, the first ones: a browser takes seconds for more.
MOST_ROWS = 1000

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>
body {{ margin: 1rem; font: 15px/1.45 sans-serif; color: #222; background: #fff }}
@media (min-width: 900px) {{ .svg {{ display: grid; gap: 1.5rem; grid-template-columns: 16rem minmax(0, 1fr) }} }}
main > div {{ overflow-x: auto }}
aside {{ max-width: 50rem; overflow-wrap: anywhere }}
svg {{ width: 100%; height: auto }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums }}
th, td {{ padding: .2rem .6rem; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top }}
thead th {{ position: sticky; top: 0; background: #fff }}
.number {{ text-align: right; white-space: nowrap }}
</style>
<main class="{kind}"><aside><p>{caption}</p><p><code>{path}</code></p></aside><div>{content}</div></main>
</html>
"""


def report_page(path: Path, title: str, caption: str) -> str:
    """The HTML page of a figure (SVG), table (CSV) or text (Markdown), beside or below its caption in rst."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".svg":
        content = text[text.index("<svg") :]
    elif path.suffix == ".csv":
        content = _table(text)
    else:
        content = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    caption = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", re.sub(r"``(.+?)``", r"<code>\1</code>", escape(caption)))
    return _PAGE.format(
        title=escape(title), kind=path.suffix[1:], caption=caption, path=escape(str(path)), content=content
    )


def _table(text: str) -> str:
    header, *rows = csv.reader(text.splitlines(keepends=True))
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in header)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows[:MOST_ROWS])
    cut = f"<p>The first {MOST_ROWS:,} of {len(rows):,} rows.</p>" if len(rows) > MOST_ROWS else ""
    return f"{cut}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: str) -> str:
    """A cell; fractions have four digits."""
    if not re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", value):
        return f"<td>{escape(value)}</td>"
    short = value if value.lstrip("-").isdigit() else f"{float(value):.4g}"
    return f'<td class="number">{short.replace("-", "−")}</td>'
