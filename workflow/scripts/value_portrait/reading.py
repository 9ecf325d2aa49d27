"""Files from outside, from bytes to text to structure. Whatever is wrong with one is an InputError with its place.

What the structure must hold is known elsewhere: ``checking`` holds the config and its files against types, ``Found``
walks through JSON.
"""

import csv
import io
import json
import math
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from value_portrait.errors import InputError, shown

# Numbers as people write them in a cell.
WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")

_FROM_GIT, _PAPER_HAS_IT = "Restore it from git.", "Correct the cell; the paper has it."
RESTORE = "Restore the file, or correct it there."
# A name that is a formula to a spreadsheet, or markup on a page, would do there what it says.
_FORMULA, _MARKUP = "=+-@", "<>|`[]*\\"
_NAME_LENGTH = 120
# In a table of text, these are read back as no value at all.
_MISSING = {"n/a", "na", "nan", "null", "none", "nat", "#n/a", "#na", "#n/a n/a", "1.#ind", "1.#qnan"}
# What a terminal obeys, or what turns the order of letters around; line breaks and tabs are none of it.
_OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def why_no_name(text: str) -> str | None:
    """What keeps a text from being a name: one printable line, no formula, no markup, no missing value, at most 120."""
    if not text or text != text.strip() or not text.isprintable():
        return "is no printable text without space around it"
    if len(text) > _NAME_LENGTH:
        return f"is longer than {_NAME_LENGTH} characters"
    if text[0] in _FORMULA:
        return "would be a formula in a spreadsheet"
    if text.casefold() in _MISSING:
        return "is what programs take for a missing value"
    if found := [letter for letter in text if letter in _MARKUP]:
        return f"holds {found[0]}, which is markup"
    return None


def is_plain(text: str) -> bool:
    """Whether a text of several lines can be shown as it is."""
    return not _OBEYED.search(text)


def check_file(path: str | Path, remedy: str = RESTORE) -> None:
    """Raise an InputError where there is no file, but perhaps something to wait for without end, such as a pipe."""
    try:
        mode = Path(path).stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(path, "is missing.", remedy) from None
    except (OSError, ValueError) as problem:
        # A name may be no name to the system.
        raise _unreadable(path, problem, remedy) from None
    if stat.S_ISDIR(mode):
        raise InputError(path, "is a folder where a file is needed.", remedy)
    if not stat.S_ISREG(mode):
        raise InputError(path, "is no file, but a pipe or a device.", remedy)


def read_bytes(path: str | Path, remedy: str = RESTORE) -> bytes:
    """The content of a file; ``remedy`` says what to do where there is none.

    Raises
    ------
    InputError : it is missing, a folder or a device, or cannot be read.
    """
    check_file(path, remedy)
    try:
        return Path(path).read_bytes()
    except OSError as problem:
        raise _unreadable(path, problem, remedy) from None


def _unreadable(path: str | Path, problem: OSError | ValueError, remedy: str) -> InputError:
    return InputError(path, f"cannot be read ({getattr(problem, 'strerror', problem)}).", remedy)


def read_text(path: str | Path, remedy: str = RESTORE) -> str:
    """The text of a file in UTF-8.

    Raises
    ------
    InputError : as ``read_bytes``, or it is no UTF-8, or has a NUL in it.
    """
    content = read_bytes(path, remedy)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise InputError(f"{path}, line {line}", "is no UTF-8 text.", "Save the file in UTF-8.") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"{path}, line {line}", "is no text, for it holds a NUL.", "Save the file in UTF-8.")
    return text


def read_json(path: str | Path, remedy: str = RESTORE) -> Any:
    """The content of a JSON file.

    Raises
    ------
    InputError : as ``read_bytes``, or it is no JSON, or a key stands twice in an object.
    """
    return parse_json(read_bytes(path, remedy).removeprefix(b"\xef\xbb\xbf"), path, remedy)


def read_json_lines(path: str | Path, remedy: str = RESTORE) -> Iterator[tuple[str, Any]]:
    """The JSON value of every line that is not blank, with the words that say where it stands.

    Raises
    ------
    InputError : as ``read_text``, or with the row, which is no JSON; or there is no row.
    """
    none = True
    for number, line in enumerate(read_text(path, remedy).split("\n"), 1):
        if line.strip():
            none, where = False, f"{path}, row {number}"
            yield where, parse_json(line.encode(), where, remedy)
    if none:
        raise InputError(path, "has no row.", remedy)


def parse_json(content: bytes, where: object, remedy: str = RESTORE) -> Any:
    """The value of a text in JSON, whose numbers are finite, texts whole and keys different; as ``read_json``."""
    try:
        value = orjson.loads(content)
        # Of two equal keys the last would win in silence.
        json.loads(content, object_pairs_hook=_each_once)
    except orjson.JSONDecodeError as problem:
        raise InputError(where, f"is no JSON ({problem}).", remedy) from None
    except _Twice as twice:
        raise InputError(where, f"the key {twice} stands there twice in one object.", "Keep one of them.") from None
    except (ValueError, RecursionError):
        raise InputError(where, "is no JSON (too long a number, or nested too deeply).", remedy) from None
    return value


class _Twice(Exception):
    """A key that stands twice in an object."""


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _Twice(repr(next(key for key in keys if keys.count(key) > 1)))


def read_cells(path: str | Path, delimiter: str, remedy: str = RESTORE) -> list[tuple[str, list[str]]]:
    """The cells of every row of a CSV file, each row with the words that say where it stands, from row 1.

    Rows without any text are left out.

    Raises
    ------
    InputError : as ``read_text``, or no CSV, or without any text.
    """
    rows: list[tuple[str, list[str]]] = []
    reader = csv.reader(io.StringIO(read_text(path, remedy), newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                rows.append((f"{path}, row {number}", cells))
    except csv.Error as problem:
        raise InputError(f"{path}, row {number + 1}", f"is no CSV ({problem}).", "Correct its quotes.") from None
    if not rows:
        raise InputError(path, "is empty.", remedy)
    return rows


def read_printed_cells(path: str | Path, labels: Sequence[str], numbers: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a table copied out of print: a line that names its source, a header, and cells as they are printed.

    Parameters
    ----------
    labels : the first columns, which together name a row. numbers : the others, whose cells are numbers or empty.

    Raises
    ------
    InputError : as ``read_cells``; it names no source, has other columns or no row; with the row, which stands there
        twice, has another number of cells, or holds what is no number.
    """
    (first, source), *rows = read_cells(path, ",", _FROM_GIT)
    if not source[0].startswith("# "):
        raise InputError(first, "does not name the source.", _FROM_GIT)
    columns = [*labels, *numbers]
    if len(rows) < 2 or rows[0][1] != columns:
        raise InputError(path, f"has other columns than {', '.join(columns)}, or no row.", _FROM_GIT)
    found: dict[tuple[str, ...], dict[str, str]] = {}
    for where, cells in rows[1:]:
        if len(cells) != len(columns):
            raise InputError(where, f"has {len(cells)} cells where the header has {len(columns)}.", _FROM_GIT)
        for name, cell in zip(columns, cells, strict=True):
            if name in numbers and cell and not NUMBER.fullmatch(cell):
                raise InputError(where, f"the {name} {shown(cell)} is no number.", _PAPER_HAS_IT)
            if name in labels and (not cell.strip() or not cell.isprintable() or cell[0] in _FORMULA):
                raise InputError(where, f"the {name} {shown(cell)} is no name.", _PAPER_HAS_IT)
        if (row := tuple(cells[: len(labels)])) in found:
            raise InputError(where, f"repeats {', '.join(row)}.", "Keep one of them.")
        found[row] = dict(zip(columns, cells, strict=True))
    return list(found.values())


def open_json(path: str | Path) -> "Found":
    """The content of a JSON file, to be walked through; raises as ``read_json``."""
    return Found(read_json(path), str(path))


@dataclass(frozen=True, slots=True)
class Found:
    """A value in a JSON file, with the words that say where it stands; each method raises an InputError with these."""

    value: Any
    where: str

    def refuse(self, problem: str) -> InputError:
        """The complaint that something is wrong with the value."""
        return InputError(self.where, problem, RESTORE)

    def __getitem__(self, key: str) -> "Found":
        """The value of a key that an object must have."""
        if key not in (value := self._a(dict, "an object")):
            raise self.refuse(f"lacks '{key}'.")
        return Found(value[key], f"{self.where}: {key}")

    def get(self, key: str) -> "Found | None":
        """The value of a key; None where the object does not have it, or has null."""
        value = self._a(dict, "an object").get(key)
        return None if value is None else Found(value, f"{self.where}: {key}")

    def members(self, what: str, filled: bool = True) -> Iterator[tuple[str, "Found"]]:
        """The keys of an object and their values, each of which is a ``what``."""
        for key, value in self._a(dict, "an object", filled).items():
            yield key, Found(value, f"{self.where}, {what} {key}")

    def elements(self, what: str, filled: bool = True) -> Iterator["Found"]:
        """The elements of a list, each of which is a ``what``."""
        for number, value in enumerate(self._a(list, "a list", filled), 1):
            yield Found(value, f"{self.where}, {what} {number}")

    def pair(self) -> tuple["Found", "Found"]:
        """The two elements of a list of two."""
        value = self._a(list, "a list")
        if len(value) != 2:
            raise self.refuse(f"has {len(value)} elements instead of 2.")
        return Found(value[0], self.where), Found(value[1], self.where)

    def text(self) -> str:
        """A text with at least one letter, digit or mark, and nothing that a terminal would obey."""
        value = self._a(str, "a text")
        if not value.strip() or not is_plain(value):
            raise self.refuse("is an empty text." if is_plain(value) else "holds what cannot be printed.")
        return str(value)

    def name(self) -> str:
        """A text that identifies something, or a whole number that does."""
        value = str(self.value) if type(self.value) is int else self._a(str, "a text")
        if why := why_no_name(value):
            raise self.refuse(f"{shown(value)} {why}.")
        return str(value)

    def number(self, low: float = -math.inf, high: float = math.inf) -> float:
        """A number from ``low`` to ``high``."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float) or not low <= self.value <= high:
            raise self.refuse(f"{shown(self.value)} is not a number{_range(low, high)}.")
        return float(self.value)

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""
        if type(self.value) is not int or not low <= self.value <= high:
            raise self.refuse(f"{shown(self.value)} is not a whole number{_range(low, high)}.")
        return int(self.value)

    def one_of(self, known: Sequence[str]) -> str:
        """One of the texts ``known``."""
        if self.value not in known:
            raise self.refuse(f"{shown(self.value)} is none of {', '.join(known)}.")
        return str(self.value)

    def _a(self, kind: type, what: str, filled: bool = False) -> Any:
        if not isinstance(self.value, kind):
            raise self.refuse(f"is not {what}, but {shown(self.value)}.")
        if filled and not self.value:
            raise self.refuse(f"is {what} without anything in it.")
        return self.value


def _range(low: float, high: float) -> str:
    return "" if math.isinf(low) and math.isinf(high) else f" from {low:g} to {high:g}"
