"""Whether a text quotes the words of items, which are not everybody's to publish."""

import re
from collections.abc import Iterable

from value_portrait.instrument import Instrument

# Letters in a row that two texts do not share by chance.
_LENGTH = 40


def passages(texts: Iterable[str | None], instrument: Instrument) -> set[str]:
    """Every passage of 40 letters of some texts, white space taken together, in small letters.

    The instrument's options in a row are none: they are everybody's words.
    """
    orders = (instrument.options, instrument.options[::-1])
    return _passages(texts) - _passages(mark.join(order) for order in orders for mark in (" ", ", "))


def quoted(text: str | None, known: set[str]) -> str | None:
    """The first of the ``passages`` that stands in a text, or None."""
    folded = _folded(text)
    at = (folded[at : at + _LENGTH] for at in range(len(folded) - _LENGTH + 1))
    return next((passage for passage in at if passage in known), None)


def _passages(texts: Iterable[str | None]) -> set[str]:
    return {folded[at : at + _LENGTH] for folded in map(_folded, texts) for at in range(len(folded) - _LENGTH + 1)}


def _folded(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "").strip().casefold()
