"""A table out of a spreadsheet: from the bytes of a CSV file to rows of checked cells."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from value_portrait.errors import InputError

_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Row:
    """A row: the words that say where it stands, and the text of every cell, by column."""

    where: str
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """A text with at least one letter, digit or mark."""
        if not self.cells[column].strip():
            raise InputError(self.where, f"has no {column}.", "Fill in the cell.")
        return self.cells[column]

    def name(self, column: str) -> str:
        """A text that identifies something: one line of at most 120 characters, without space around it."""
        cell = self.text(column)
        if cell != cell.strip() or not cell.isprintable() or len(cell) > 120:
            raise InputError(
                self.where,
                f"the {column} {_shown(cell)} is no name.",
                "Write one line of at most 120 characters, without spaces around it.",
            )
        return cell

    def one_of(self, column: str, known: Sequence[str]) -> str:
        """One of the texts ``known``."""
        if self.cells[column] not in known:
            raise InputError(
                self.where, f"the {column} {_shown(self.cells[column])} is unknown.", f"Use one of {listed(known)}."
            )
        return self.cells[column]

    def whole(self, column: str, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""
        cell = self.cells[column]
        if not _WHOLE.fullmatch(cell) or not low <= int(cell) <= high:
            raise InputError(
                self.where,
                f"the {column} {_shown(cell)} is not a whole number from {low} to {high}.",
                "Correct it, or remove the row.",
            )
        return int(cell)

    def number(self, column: str, low: float, high: float) -> float:
        """A number from ``low`` to ``high``."""
        cell = self.cells[column]
        if not _NUMBER.fullmatch(cell) or not low <= float(cell) <= high:
            raise InputError(
                self.where, f"the {column} {_shown(cell)} is not a number from {low:g} to {high:g}.", "Correct it."
            )
        return float(cell)


def read_spreadsheet(path: str | Path, required: Sequence[str], optional: Sequence[str] = ()) -> list[Row]:
    """The rows of a CSV file (UTF-8, commas, a header), numbered as in a spreadsheet: the header is row 1.

    Rows without any text are left out.

    Parameters
    ----------
    required, optional : the columns that the file must and may have, in any order. No other is taken.

    Raises
    ------
    InputError : the file is missing, no UTF-8, no CSV, or without a row; a column is missing, unknown or doubled; a row
        has more or fewer cells than the header.
    """
    known = f"The columns are {listed([*required, *(f'{name} (optional)' for name in optional)])}."
    text = read_utf8(path, known)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    found: list[Row] = []
    number = 0
    try:
        for number, cells in enumerate(rows, 1):
            where = f"{path}, row {number}"
            if header is None:
                _check_header(cells, required, optional, where, known)
                header = cells
            elif any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    raise InputError(
                        where, f"has {len(cells)} cells where the header has {len(header)}.", "Correct its commas."
                    )
                found.append(Row(where, dict(zip(header, cells, strict=True))))
    except csv.Error as problem:
        raise InputError(f"{path}, row {number + 1}", f"is no CSV ({problem}).", "Correct its quotes.") from None
    if not found:
        raise InputError(path, "has no row.", f"Add one below the header. {known}")
    return found


def read_utf8(path: str | Path, remedy: str) -> str:
    """The text of a file that must be UTF-8; ``remedy`` says what to do where there is none."""
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(path, "is missing.", remedy) from None
    except IsADirectoryError:
        raise InputError(path, "is a folder where a file is needed.", remedy) from None
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise InputError(f"{path}, line {line}", "is no UTF-8 text.", "Save the file as CSV in UTF-8.") from None


def listed(names: Sequence[str]) -> str:
    """The names in a row; of many the first twenty."""
    return ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")


def _check_header(
    cells: Sequence[str], required: Sequence[str], optional: Sequence[str], where: str, known: str
) -> None:
    for name in cells:
        if cells.count(name) > 1:
            raise InputError(where, f"has the column {_shown(name)} twice.", "Keep one of them.")
    if len(cells) == 1 and any(separator in cells[0] for separator in ";\t"):
        raise InputError(where, "has no comma, but semicolons or tabs.", "Save the file as CSV with commas.")
    if missing := [name for name in required if name not in cells]:
        raise InputError(where, f"lacks the column {missing[0]}.", known)
    if unknown := [name for name in cells if name not in required and name not in optional]:
        raise InputError(where, f"has the unknown column {_shown(unknown[0])}.", f"Remove it. {known}")


def _shown(cell: str) -> str:
    return repr(cell) if len(cell) <= 60 else f"{cell[:60]!r}..."
