"""What the paper itself says of its models, and how it words its tables."""

import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.publication.findings import highest_values
from value_portrait.wording import counted

# The three values that the paper names as the highest of its models.
PAPER_HIGHEST = frozenset({"Benevolence", "Security", "Self_Direction"})

# The paper prints traits times this factor, as if it took six points to five.
TRAIT_SCALE = 5 / 6

# Captions of the paper's tables that name its own way of counting, or its circle.
CAPTIONS = {
    "items_per_value": "Tags per value: by the paper's count (two-sided, no p-limit) and in the item key.",
    "cross_loading": "Steps on the value circle between two values that one item measures.",
}


def agreement_line(profiles: pd.DataFrame, instrument: Instrument) -> str:
    """How many models have the paper's three values as their highest; ``profiles`` holds one condition."""
    highest = highest_values(profiles, len(PAPER_HIGHEST), instrument)
    same = sum(values == PAPER_HIGHEST for values in highest.values())
    return (
        f"{same} of {counted(len(highest), 'model')} {'has' if same == 1 else 'have'} exactly "
        "Benevolence, Security and Self-Direction as the three highest values."
    )
