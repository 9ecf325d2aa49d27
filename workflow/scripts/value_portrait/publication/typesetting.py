"""Tables as LaTeX that fits a page, however many columns and rows there are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from math import ceil
from typing import Any

import pandas as pd

from value_portrait.publication.escaping import breakable, cut, ems, tex

# Decimals, where they are not two.
_DECIMALS = {"share": 3, "share_in_key": 3, "percent": 1}
_HEADS = {
    "n_tags": "tags",
    "n_tags_in_key": "tags in key",
    "n_pairs": "pairs",
    "n_queries": "queries",
    "n_items": "items",
    "n_observations": "rows",
    "n_groups": "groups",
    "percent": "%",
    "row": "",
    "who": "",
}
# What stands in a column of numbers: one, with its interval and a mark; or a dash for none.
_NUMBER = re.compile(r"-?\d[\d.,]*( \[-?[\d.]+, -?[\d.]+\])?[†‡§¶]?|–")
_NONE = "–"
SET_IN = "\u2003"  # begins the words of a row that belongs to the one above
_MARKS = "†‡§¶"  # behind a number, beside its column
_TURN, _LEFT = r"\rotatebox{90}", r"\raggedright\arraybackslash\hspace{0pt}"

# No column of words is narrower, in em.
_NARROW = 8.0
# No turned head is longer, nor are they more lines.
_LONG, _MOST_LINES = 10.0, 6
# No words are longer, as far as a name of 120 letters is not.
_MOST = 130.0


@dataclass(frozen=True)
class _Size:
    """A type size: the plain article's line in em, the space beside a column in em and pt, lines on one page."""

    name: str
    line: float
    beside: float
    points: float
    lines: int


_SIZES = (_Size("normalsize", 34.5, 0.6, 6.0, 38), _Size("footnotesize", 40.5, 0.3, 2.5, 48))


@dataclass(frozen=True)
class _Column:
    """Head and cells as people read them."""

    head: str
    cells: Sequence[str]
    words: bool

    @property
    def cell_width(self) -> float:
        return max((ems(cell.rstrip(_MARKS)) for cell in self.cells), default=0.0)

    @property
    def level(self) -> float:
        """The width in em under a head that lies."""
        return max(self.cell_width, ems(self.head))

    @property
    def turned(self) -> float:
        """The width in em under a head that stands, in several lines where it is long."""
        return max(self.cell_width, 1.3 * ceil(1.1 * ems(self.head) / _LONG))


def latex(
    frame: pd.DataFrame, caption: str, label: str, families: Sequence[Sequence[str]] = (), under: str | None = None
) -> str:
    """The frame as LaTeX (packages array, booktabs, graphicx, longtable), no wider than a plain article's page.

    The first column are words, and any other in which a row holds no number; numbers have two decimals. Rows that have
    the same text in the column ``under`` stand together below it. What is too wide is set smaller, then with heads that
    stand, then in parts below each other, each of one of the ``families`` of columns; what is too long takes pages.
    """
    headings = [""] * len(frame) if under is None else [cut(str(text), _MOST) for text in frame[under]]
    names = [str(name) for name in frame if name != under]
    columns = [_column(name, frame[name], not place) for place, name in enumerate(names)]
    for size in _SIZES:
        if sum(own.level + 2 * size.beside for own in columns) <= size.line:
            return _table([(headings, columns)], size, False, caption, label)
    words = [own for own in columns if own.words]
    numbers = [own for own in columns if not own.words]
    room = size.line - sum(min(own.level, _NARROW) + 2 * size.beside for own in words)
    if _fits(numbers, room, size):
        return _table([(headings, columns)], size, True, caption, label)
    home = {_head_of(name): place for place, own in enumerate(families) for name in own}
    together = groupby(numbers, lambda own: home.get(own.head, -1))
    parts = [part for _, own in together for part in _split(list(own), room, size)]
    return _table([_with_rows(headings, words, part) for part in parts], size, True, caption, label)


def _with_rows(
    headings: Sequence[str], words: Sequence[_Column], numbers: Sequence[_Column]
) -> tuple[Sequence[str], list[_Column]]:
    """A part of a table, in the rows that have a number there."""
    rows = [row for row in range(len(headings)) if any(own.cells[row] != _NONE for own in numbers)]
    columns = [replace(own, cells=[own.cells[row] for row in rows]) for own in (*words, *numbers)]
    return [headings[row] for row in rows], columns


def _column(name: str, values: "pd.Series[Any]", first: bool) -> _Column:
    if pd.api.types.is_float_dtype(values):
        cells = [_NONE if pd.isna(value) else f"{value:z.{_DECIMALS.get(name, 2)}f}" for value in values]
    else:
        cells = [_NONE if pd.isna(value) else str(value) for value in values]
    words = first or not all(map(_NUMBER.fullmatch, cells))
    if not words:
        cells = [cell.replace("-", "−") for cell in cells]
    return _Column(_head_of(name), [cut(cell, _MOST) for cell in cells], words)


def _head_of(name: str) -> str:
    return cut(_HEADS.get(name, name.replace("_", " ")), _LONG * _MOST_LINES)


def _fits(columns: Sequence[_Column], room: float, size: _Size) -> bool:
    return sum(own.turned + 2 * size.beside for own in columns) <= room


def _split(columns: list[_Column], room: float, size: _Size) -> list[list[_Column]]:
    """The columns in the fewest parts that fit the ``room`` (em), about as many in each."""
    for count in range(1, len(columns) + 1):
        ends = [round(len(columns) * n / count) for n in range(count + 1)]
        parts = [columns[start:end] for start, end in pairwise(ends)]
        if all(_fits(part, room, size) for part in parts):
            break
    return parts


def _table(
    parts: Sequence[tuple[Sequence[str], Sequence[_Column]]], size: _Size, turned: bool, caption: str, label: str
) -> str:
    parted = [_Part(columns, headings, size, turned) for headings, columns in parts]
    start = [rf"\{size.name}", rf"\setlength{{\tabcolsep}}{{{size.points:g}pt}}"]
    title = rf"\caption{{{tex(caption)}}}\label{{tab:{label}}}"
    if sum(part.lines for part in parted) <= size.lines:
        body = [line for part in parted for line in (*part.short(), r"\par\medskip")][:-1]
        lines = [r"\begin{table}", r"\centering", *start, title, r"\par\smallskip", *body, r"\end{table}"]
    else:
        again = r"\caption[]{\emph{continued}}"
        body = [line for n, part in enumerate(parted) for line in part.long(again if n else title, bool(n))]
        lines = [r"\begingroup", *start, *body, r"\endgroup"]
    return "\n".join(lines) + "\n"


class _Part:
    """Some columns of a table, which fit the page."""

    def __init__(self, columns: Sequence[_Column], headings: Sequence[str], size: _Size, turned: bool) -> None:
        self.columns, self.headings = columns, headings
        first, rest = columns[0], columns[1:]
        widths = [own.turned if turned and not own.words else own.level for own in rest]
        others = sum(widths) + 2 * size.beside * len(columns)
        self.turned, self.width = turned, min(others + first.level, size.line)
        self.wraps = others + first.level > size.line
        self.room = max(size.line - others, 1)
        column = rf">{{{_LEFT}}}p{{\dimexpr\wordswidth\relax}}" if self.wraps else "l"
        # In a document with wider lines the words get what they need, and no more.
        left, all_ = rf"\dimexpr\linewidth-{others:.2f}em\relax", f"{first.level:.2f}em"
        self.before = [rf"\def\wordswidth{{\ifdim{left}<{all_} {left}\else {all_}\fi}}"] if self.wraps else []
        self.spec = column + "".join("l" if own.words else "r" for own in rest)
        lines = (ceil(1.3 * ems(cell) / self.room) if self.wraps else 1 for cell in first.cells)
        self.lines = sum(lines) + 2 * len(set(headings)) + (9 if turned else 1)

    def short(self) -> list[str]:
        """Lines of LaTeX within a float."""
        rows = [*self._rows(), r"\bottomrule", r"\end{tabular}"]
        return [*self.before, rf"\begin{{tabular}}{{{self.spec}}}", r"\toprule", self._heads(), r"\midrule", *rows]

    def long(self, title: str, same: bool) -> list[str]:
        """Lines of LaTeX over pages; the ``same`` table as before keeps its number."""
        head = [r"\toprule", self._heads(), r"\midrule"]
        return [
            *([r"\addtocounter{table}{-1}"] if same else []),
            *self.before,
            rf"\begin{{longtable}}{{{self.spec}}}",
            rf"{title}\\",
            *head,
            r"\endfirsthead",
            *head,
            r"\endhead",
            r"\bottomrule",
            r"\endfoot",
            *self._rows(),
            r"\end{longtable}",
        ]

    def _heads(self) -> str:
        return " & ".join(map(self._head, self.columns)) + r" \\"

    def _head(self, own: _Column) -> str:
        if own.words:
            return tex(own.head)
        if not self.turned:
            return rf"\multicolumn{{1}}{{r}}{{{tex(own.head)}}}"
        if 1.1 * ems(own.head) <= _LONG:
            return rf"{_TURN}{{{tex(own.head)}}}"
        return rf"{_TURN}{{\parbox{{{_LONG}em}}{{\raggedright\hspace{{0pt}}{breakable(own.head, _LONG)}}}}}"

    def _rows(self) -> Iterator[str]:
        above = ""
        below = [*self.columns[0].cells[1:], ""]
        for place, heading in enumerate(self.headings):
            if heading != above:
                yield from [r"\addlinespace"] if above else []
                yield self._heading(heading)
            above = heading
            # What is set in belongs to the row above, on the same page.
            end = r" \\*" if below[place].startswith(SET_IN) else r" \\"
            yield " & ".join(self._cell(own, own.cells[place], not n) for n, own in enumerate(self.columns)) + end

    def _heading(self, text: str) -> str:
        spec, shown = "l", tex(text)
        if ems(text) > self.width:
            spec, shown = rf">{{{_LEFT}}}p{{{self.width:.2f}em}}", breakable(text, _NARROW)
        return rf"\multicolumn{{{len(self.columns)}}}{{{spec}}}{{\emph{{{shown}}}}} \\*"

    def _cell(self, own: _Column, cell: str, first: bool) -> str:
        if own.words:
            text = breakable(cell, _NARROW) if self.wraps and first else tex(cell)
            # After the end of a row, LaTeX takes these for an option of it.
            return f"{{}}{text}" if text[:1] in ("[", "*") else text
        if cell[-1] in _MARKS:
            return rf"{tex(cell[:-1])}\rlap{{{tex(cell[-1])}}}"
        return tex(cell)
