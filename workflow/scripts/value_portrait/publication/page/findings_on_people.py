"""Findings about the item key and about people, one sentence each; None where the study lacks what it needs.

No number stands without its interval, its chance level or what it is a share of.
"""

from collections.abc import Mapping
from typing import Any

from value_portrait.instrument import Instrument, mid_sentence
from value_portrait.publication.page.finding import (
    BAD,
    FEW,
    GOOD,
    MOST,
    MOST_ROWS,
    OPEN,
    Finding,
    Mark,
    Tables,
    ends,
    listed,
    of_both_ends,
    tone,
    with_minus,
)
from value_portrait.publication.worth import WEAK, by_chance
from value_portrait.robustness.groups import holm
from value_portrait.robustness.level import LEVEL
from value_portrait.wording import bracketed, counted, percent


def tags_by_chance(tables: Tables, instrument: Instrument) -> Finding | None:
    """How many tags of the key are chance; None where nothing could be correlated."""
    if "chance" not in tables:
        return None
    main = instrument.main
    own = tables["chance"].query("direction == 'positive'")
    own = own[own["family"] == main.name]
    whole, parts = own[own["dimension"].isna()].iloc[0], own[own["dimension"].notna()]
    if not whole["tests"]:
        return None
    more = parts[holm(parts["p"]) < LEVEL]
    found = (
        f"The key says {counted(whole['tags'], 'time')} that an item measures one of the {mid_sentence(main)}; "
        f"shuffled raters, in whom nothing correlates, give {by_chance(whole)}"
    )
    names = [instrument.titles[str(name)] for name in more["dimension"]]
    found += f". More than chance, p adjusted: {_counted(names, len(parts))}."
    marks = []
    shown = parts if len(parts) <= MOST_ROWS else parts.sort_values("tags", ascending=False, kind="stable")
    for row in ends(shown).to_dict("records"):
        name = instrument.titles[row["dimension"]]
        marks += [Mark(name, row["tags"], series="in the key")]
        marks += [Mark(name, row["expected"], row["low"], row["high"], "by chance, with 95 % range")]
    return Finding(
        finding="tags_by_chance",
        heading=f"{_how_much(whole['false_discovery_rate'], len(more) == len(parts))} of the item key is chance",
        sentence=found,
        verdict=f"more than chance in {len(more)} of {len(parts)}",
        tone=tone(len(more) / len(parts)),
        view="certainty",
        name="key",
        link="Tags by chance, one by one",
        chart=of_both_ends("Tags of each dimension, found and by chance", parts),
        kind="dots",
        unit="items tagged",
        marks=tuple(marks),
    )


def _counted(names: list[str], all_of_them: int) -> str:
    """Names, and how many of how many they are."""
    return f"{listed(names)}, {len(names)} of {all_of_them}" if names else f"none of {all_of_them}"


def _how_much(false: float, everywhere: bool) -> str:
    """How much of the key is chance, as far as it can be told in every dimension; ``false`` may be unknown (NaN)."""
    if false >= FEW:
        return "Part" if false < MOST else "Much"
    return "Little" if everywhere and false < FEW else "How much"


def other_people(tables: Tables, instrument: Instrument) -> Finding | None:
    """Whether the key measures people who did not make it."""
    if "validity" not in tables:
        return None
    every = tables["validity"]
    every = every[every["dimension"].isna()].dropna(subset=["r", "low"])
    own = every[every["family"] == instrument.main.name]
    known = {(row["key"], row["criterion"]): row for row in own.to_dict("records")}
    words = {
        ("raters", "convergent"): "Same dimension",
        ("raters", "discriminant"): "Other dimensions",
        ("shuffled", "convergent"): "Shuffled raters",
    }
    if not set(words) <= set(known):
        return None
    said = {key: with_minus(bracketed(known[key]["r"], known[key]["low"], known[key]["high"])) for key in words}
    convergent = known["raters", "convergent"]
    measures, weak = convergent["low"] > 0, convergent["r"] < WEAK
    weakly = ", but weakly" if measures and weak else ""
    others = every[(every["key"] == "raters") & (every["criterion"] == "convergent")].to_dict("records")
    by_family = {row["family"]: row for row in others}
    rest = [
        f"that of the {mid_sentence(family)} {_beside_zero(by_family[family.name])}"
        for family in instrument.families[1:]
        if not family.made_up and family.name in by_family
    ]
    # One family with a key needs no name.
    which = f"the key of the {mid_sentence(instrument.main)}" if rest else "the key"
    found = (
        f"Scores of people who had no part in {which} correlate "
        f"{said['raters', 'convergent']} with their own questionnaire on the same dimension, "
        f"{said['raters', 'discriminant']} on others; with a key from shuffled raters {said['shuffled', 'convergent']}."
    )
    found += f" On the same dimension, {listed(rest)}." if rest else ""
    return Finding(
        finding="other_people",
        heading=(
            f"{which[0].upper()}{which[1:]} {'measures' if measures else 'cannot be shown to measure'} other people, "
            f"too{weakly}"
        ),
        sentence=found,
        verdict=f"holds{weakly}" if measures else "cannot be shown",
        tone=(OPEN if weak else GOOD) if measures else BAD,
        view="certainty",
        name="key",
        link="Validity of every dimension",
        chart="Correlation with people's own questionnaires, with 95 % intervals",
        kind="dots",
        unit="correlation",
        marks=tuple(Mark(name, known[key]["r"], known[key]["low"], known[key]["high"]) for key, name in words.items()),
    )


def _beside_zero(row: Mapping[Any, Any]) -> str:
    """What a key gives, and whether that is more than 0."""
    said = with_minus(bracketed(row["r"], row["low"], row["high"]))
    return f"gives {said}{'' if row['low'] > 0 else ', which cannot be told from 0'}"


def beside_people(tables: Tables, instrument: Instrument) -> Finding | None:
    """Models beside people on the same items."""
    if "models_and_people" not in tables:
        return None
    own = tables["models_and_people"]
    every = own[own["family"] == instrument.main.name].dropna(subset=["difference"])
    own = every.dropna(subset=["difference_low"])
    if own.empty:
        return None
    own = own.sort_values("difference", ascending=False)
    largest = max(own.to_dict("records"), key=lambda row: abs(row["difference"]))
    clear = own[own["p_adjusted"] < LEVEL]
    names = [instrument.titles[str(name)] for name in clear["dimension"]]
    number = with_minus(bracketed(largest["difference"], largest["difference_low"], largest["difference_high"]))
    known = f", of {len(own)} with an interval," if len(own) < len(every) else ""
    found = (
        f"Held against people who rated the same items, models differ most{known} among the "
        f"{mid_sentence(instrument.main)} in {instrument.titles[largest['dimension']]}, {number}. Beyond chance, p "
        f"adjusted over dimensions: {_counted(names, len(own))}. Each interval stands by itself."
    )
    hold = "holds" if len(clear) == 1 else "hold"
    return Finding(
        finding="beside_people",
        heading=(
            f"Models differ from people in {listed(names)}"
            if names
            else "Beside people, no difference stands out from chance"
        ),
        sentence=found,
        verdict=f"{len(clear)} of {counted(len(own), 'difference')} {hold}" if names else "cannot be told from chance",
        tone=tone(len(clear) / len(own)) if len(clear) else OPEN,
        view="people",
        name="models",
        link="Models and people, dimension by dimension",
        chart=of_both_ends("Models minus people on the same items, with 95 % intervals", own),
        kind="dots",
        unit="scale points",
        marks=tuple(
            Mark(instrument.titles[row["dimension"]], row["difference"], row["difference_low"], row["difference_high"])
            for row in ends(own).to_dict("records")
        ),
    )


def personas_and_people(tables: Tables, instrument: Instrument) -> Finding | None:
    """Whether personas differ as groups of people do; of models asked here, not of printed ones."""
    if "agreement" not in tables:
        return None
    own = tables["agreement"]
    own = own[(own["source"] != "printed") & (own["group"] == "all") & (own["against"] == "axis_mean")]
    own = own.dropna(subset=["same_sign", "same_sign_expected", "same_sign_p"])
    own = own[own["n_signs"] > 0]
    if own.empty:
        return None
    clear = int((holm(own["same_sign_p"]) < LEVEL).sum())
    found = (
        f"Told to be somebody, do models move as people of that group do? In {int(own['same_sign'].sum())} of "
        f"{int(own['n_signs'].sum())} comparisons the direction is people's, by chance in "
        f"{own['same_sign_expected'].sum():.0f}; beyond chance, adjusted, in {clear} of {len(own)} tests "
        "(one for each model, framing, axis and source on people)."
    )
    marks = []
    for axis, rows in own.groupby("axis", sort=False):
        signs = rows["n_signs"].sum()
        marks += [Mark(str(axis).capitalize(), 100 * rows["same_sign"].sum() / signs, series="personas")]
        marks += [Mark(str(axis).capitalize(), 100 * rows["same_sign_expected"].sum() / signs, series="by chance")]
    return Finding(
        finding="personas_and_people",
        heading="Some personas move as people do" if clear else "Personas cannot be shown to move as people do",
        sentence=found,
        verdict=f"{clear} of {len(own)} beyond chance",
        tone=tone(clear / len(own)),
        view="people",
        name="personas",
        link="People and personas",
        chart="Directions that personas share with people",
        kind="dots",
        unit="% of comparisons",
        marks=tuple(marks),
    )


def planted_truth(tables: Tables, instrument: Instrument) -> Finding | None:
    """How much of a simulated study's truth comes back."""
    if "recovery_tags" not in tables:
        return None
    main = instrument.main
    tags, scores = tables["recovery_tags"], tables["recovery_scores"]
    row = tags[(tags["family"] == main.name) & (tags["dimension"] == "all")].iloc[0]
    made = int(row["found"] + row["false_tags"])
    marks = [Mark("Planted tags that are found", row["found"] / max(row["planted"], 1))]
    marks += [Mark("Tags of the key that are true", row["found"] / max(made, 1))]
    found = (
        f"Of {counted(row['planted'], 'tag')} planted in the {mid_sentence(main)} the key finds {row['found']:,}; "
        f"{row['found']:,} of its {made:,} tags are true."
    )
    own = scores[scores["family"] == main.name].dropna(subset=["planted", "low"])
    verdict, how = f"{percent(marks[0].value)} of the tags found", tone(marks[0].value)
    if len(own):
        inside = own["planted"].between(own["low"], own["high"])
        holds = "holds" if inside.sum() == 1 else "hold"
        found += (
            f" Of {counted(len(own), 'interval')} (95 %) of undiluted scores, {inside.sum():,} {holds} the planted one."
        )
        share = float(inside.mean())
        marks += [Mark("Intervals that hold the truth", share)]
        # Nearly all of them should.
        verdict = f"{percent(share)} of 95 % intervals hold the truth"
        how = GOOD if share > 1 - FEW else OPEN if share >= MOST else BAD
    return Finding(
        finding="planted_truth",
        heading="How much of the planted truth comes back",
        sentence=found,
        verdict=verdict,
        tone=how,
        view="certainty",
        name="scores",
        link="How sure the scores are",
        chart="Recovery of what was planted",
        kind="shares",
        marks=tuple(marks),
    )
