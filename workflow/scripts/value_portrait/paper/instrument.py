"""The paper's own instrument, which the certificate holds whatever the config chooses."""

from pathlib import Path

from value_portrait.instrument import as_instrument
from value_portrait.instrument_file import read_instrument

VALUE_PORTRAIT = as_instrument(
    read_instrument(Path(__file__).parents[4] / "config" / "instruments" / "value_portrait.yaml")
)
