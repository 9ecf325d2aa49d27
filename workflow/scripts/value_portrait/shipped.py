"""The shipped instrument."""

from pathlib import Path

from value_portrait.instrument import as_instrument
from value_portrait.instrument_file import read_instrument

VALUE_PORTRAIT = as_instrument(
    read_instrument(Path(__file__).parents[3] / "config" / "instruments" / "value_portrait.yaml")
)
