"""Every two models against each other: which differences are real."""

from collections.abc import Mapping

import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.publication.page.packing import Packed


def pairs_part(tables: Mapping[str, pd.DataFrame], instrument: Instrument) -> dict[str, Packed]:
    """The tables of the part."""
    return {}
