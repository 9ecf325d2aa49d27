"""Instruments of every kind, made by Hypothesis."""

from hypothesis import strategies as st
from value_portrait.checking import check
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.instrument_file import InstrumentFile

FIELDS = ("title", "text", "content")


@st.composite
def instruments(draw: st.DrawFn) -> Instrument:
    """1 to 5 families of 1 to 40 dimensions, 2 to 11 options from -3 to 3 on, with and without circle and mirrors."""
    lowest, options = draw(st.integers(-3, 3)), draw(st.integers(2, 11))
    sizes = draw(st.lists(st.integers(1, 40), min_size=1, max_size=5).filter(lambda sizes: sum(sizes) <= 40))
    families = {
        f"family{number}": {"title": f"Family {number}", "dimensions": {f"D{number}_{n}": {} for n in range(size)}}
        for number, size in enumerate(sizes)
    }
    names = [name for family in families.values() for name in family["dimensions"]]
    if (circle := draw(st.none() | st.integers(0, len(sizes) - 1))) is not None:
        families[f"family{circle}"]["circle"] = True
    straight = [name for family in families.values() if "circle" not in family for name in family["dimensions"]]
    simulation = {
        "questions": draw(st.dictionaries(st.sampled_from(names), st.integers(1, 4), max_size=3)),
        "acquiescence": draw(st.dictionaries(st.sampled_from(names), st.floats(-0.3, 0.3), max_size=5)),
        "shared_profile": draw(st.dictionaries(st.sampled_from(names), st.floats(-1, 1), max_size=5)),
        "links": {
            name: other
            for name, other in draw(
                st.dictionaries(st.sampled_from(straight or names), st.sampled_from(names), max_size=3)
            ).items()
            if straight and name != other
        },
    }
    if draw(st.booleans()):
        parts = st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)
        families["sums"] = {
            "title": "Sums",
            "dimensions": {f"Sum{number}": {"made_of": draw(parts)} for number in range(draw(st.integers(1, 3)))},
        }
    low = draw(st.integers(-10, 9))
    wordings = draw(st.integers(1, 4))
    versions = {f"w{number}": {} for number in range(wordings)}
    versions |= {
        f"w{n}_mirror": {"wording": f"w{n}", "order": "reversed"} for n in range(draw(st.integers(0, wordings)))
    }
    content = {
        "title": "Made",
        "scale": {lowest + number: f"option {chr(97 + number)}" for number in range(options)},
        "score_range": [low, draw(st.integers(low + 1, 10))],
        "families": families,
        "templates": {
            f"template{number}": fields
            for number, fields in enumerate(
                draw(st.lists(st.lists(st.sampled_from(FIELDS), unique=True), min_size=1, max_size=3))
            )
        },
        "prompt_versions": versions,
        "simulation": simulation,
    }
    return as_instrument(check(InstrumentFile, content, "made.yaml").completed())
