"""The shipped instrument, and a small strange one, for tests of whatever takes an instrument."""

from pathlib import Path

from value_portrait.checking import check
from value_portrait.instrument import as_instrument
from value_portrait.instrument_file import InstrumentFile, read_instrument

ROOT = Path(__file__).resolve().parents[1]
VALUE_PORTRAIT = as_instrument(read_instrument(ROOT / "config/instruments/value_portrait.yaml"))

# Five options from 0, two families (one of a single dimension), no circle, three versions of which one has no mirror.
SMALL_CONTENT = {
    "title": "Small",
    "scale": {0: "never", 1: "rarely", 2: "sometimes", 3: "often", 4: "always"},
    "score_range": [0, 10],
    "families": {
        "taste": {"title": "Tastes", "dimensions": ["Sweet", "Salty", "Sour_Bitter"]},
        "pace": {"title": "Pace", "dimensions": ["Haste"]},
    },
    "templates": {"plain": ["content"]},
    "prompt_versions": {"a": {}, "a_turned": {"wording": "a", "order": "reversed"}, "b": {}},
}


def of_families(families):
    """SMALL with other families."""
    return as_instrument(check(InstrumentFile, SMALL_CONTENT | {"families": families}, "own.yaml").completed())


SMALL = as_instrument(check(InstrumentFile, SMALL_CONTENT, "small.yaml").completed())
