"""A table out of a spreadsheet: from the bytes of a CSV file to rows of checked cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from value_portrait.errors import InputError, shown
from value_portrait.reading import NUMBER, WHOLE, is_plain, read_cells, why_no_name


@dataclass(frozen=True)
class Row:
    """A row: the words that say where it stands, and the text of every cell, by column."""

    where: str
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """A text with at least one letter, digit or mark, printable but for line breaks and tabs."""
        if not self.cells[column].strip():
            raise InputError(self.where, f"has no {column}.", "Fill in the cell.")
        if not is_plain(self.cells[column]):
            raise InputError(self.where, f"the {column} holds what cannot be printed.", "Write it anew.")
        return self.cells[column]

    def name(self, column: str) -> str:
        """A text that identifies something: one line of at most 120 characters, without space around it."""
        cell = self.text(column)
        if why := why_no_name(cell):
            raise InputError(
                self.where,
                f"the {column} {shown(cell)} is no name: it {why}.",
                "Write one line of at most 120 characters, without spaces around it.",
            )
        return cell

    def one_of(self, column: str, known: Sequence[str]) -> str:
        """One of the texts ``known``."""
        if self.cells[column] not in known:
            raise InputError(
                self.where, f"the {column} {shown(self.cells[column])} is unknown.", f"Use one of {listed(known)}."
            )
        return self.cells[column]

    def whole(self, column: str, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""
        cell = self.cells[column]
        if not WHOLE.fullmatch(cell) or not low <= int(cell) <= high:
            raise InputError(
                self.where,
                f"the {column} {shown(cell)} is not a whole number from {low} to {high}.",
                "Correct it, or remove the row.",
            )
        return int(cell)

    def number(self, column: str, low: float, high: float) -> float:
        """A number from ``low`` to ``high``."""
        cell = self.cells[column]
        if not NUMBER.fullmatch(cell) or not low <= float(cell) <= high:
            raise InputError(
                self.where, f"the {column} {shown(cell)} is not a number from {low:g} to {high:g}.", "Correct it."
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
    (first, header), *rows = read_cells(path, ",", known)
    _check_header(header, required, optional, first, known)
    found: list[Row] = []
    for where, cells in rows:
        if len(cells) != len(header):
            raise InputError(
                where, f"has {len(cells)} cells where the header has {len(header)}.", "Correct its commas."
            )
        found.append(Row(where, dict(zip(header, cells, strict=True))))
    if not found:
        raise InputError(path, "has no row.", f"Add one below the header. {known}")
    return found


def listed(names: Sequence[str]) -> str:
    """The names in a row; of many the first twenty."""
    return ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")


def _check_header(
    cells: Sequence[str], required: Sequence[str], optional: Sequence[str], where: str, known: str
) -> None:
    for name in cells:
        if cells.count(name) > 1:
            raise InputError(where, f"has the column {shown(name)} twice.", "Keep one of them.")
    if len(cells) == 1 and any(separator in cells[0] for separator in ";\t"):
        raise InputError(where, "has no comma, but semicolons or tabs.", "Save the file as CSV with commas.")
    if missing := [name for name in required if name not in cells]:
        raise InputError(where, f"lacks the column {missing[0]}.", known)
    if unknown := [name for name in cells if name not in required and name not in optional]:
        raise InputError(where, f"has the unknown column {shown(unknown[0])}.", f"Remove it. {known}")
