"""What the numbers are worth: chance, validity, variance."""

from collections.abc import Mapping

import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.publication.page.packing import Packed


def certainty_part(tables: Mapping[str, pd.DataFrame], instrument: Instrument) -> dict[str, Packed]:
    """The tables of the part."""
    return {}
