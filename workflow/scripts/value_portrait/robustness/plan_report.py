"""The table ``plan`` in words: for every model the designs worth their price, and the cheapest that is sure enough."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.wording import counted

# One design with its cost, and medians and maxima over dimensions by inference.
Design = Mapping[Any, Any]

_DESIGN = ["n_wordings", "n_orders", "panel", "n_repeats"]
_SAME = ["requests", "answered", "tokens_in", "tokens_out", "usd", "this_study", "n_asked", "prompt_versions"]
_INFERENCES = {"items_like_these": "over other items like these", "these_items": "on these items"}
_HEADER = [
    *("wordings", "orders", "items of each dimension", "repeats", "error, items like these", "error, these items"),
    *("difference, items like these", "difference, these items", "requests", "tokens in", "tokens out", "USD"),
]


def plan_report(table: pd.DataFrame, wanted: float, n_models: int, instrument: Instrument) -> str:
    """Markdown of the table ``designs.PLAN``.

    Parameters
    ----------
    wanted : the standard error asked for, of the median dimension. n_models : of which all pairs are compared.
    """
    lines = [
        "# How sure for how much",
        "",
        "Standard errors of centred means, and the smallest difference of two models that shows in 80 % of studies, "
        f"adjusted for all pairs of {counted(n_models, 'model')} and all dimensions; in scale points, of the median "
        "dimension (of the one with the largest). Requests, tokens and USD are those at baseline that the store does "
        "not hold yet; every further condition asks as much again (`make estimate` has them all).",
    ]
    for model, own in table.groupby("model", sort=False):
        lines += ["", f"## {model}", "", *_of_model(own, wanted, instrument.span)]
    if table.empty:
        lines += ["", "No model is live: add a row to the table of models, with `live` answers."]
    return "\n".join(lines) + "\n"


def _of_model(rows: pd.DataFrame, wanted: float, span: int) -> Iterator[str]:
    told = {"own": "its own answers", "others": "the answers of other models"}
    source = rows["answers_of"].iloc[0]
    yield f"Errors are told from {told[source]}." if source in told else "Nobody has answered yet: errors are unknown."
    if rows["n_repeats"].nunique() == 1 and source in told:
        yield "What repeats would bring shows only where questions of a model were repeated, which needs a temperature."
    designs = _designs(rows)
    yield ""
    yield from _cheapest(designs, wanted)
    yield from _after(rows, designs)
    yield ""
    yield "Designs that no cheaper one beats:"
    yield ""
    yield f"| {' | '.join(_HEADER)} |"
    yield "|" + "---|" * len(_HEADER)
    for design in _worth_their_price(designs):
        yield f"| {' | '.join(_cells(design, span))} |"


def _designs(rows: pd.DataFrame) -> list[Design]:
    """The designs, the cheapest first."""
    found = rows.groupby(_DESIGN, dropna=False, sort=False)[_SAME].first()
    for inference, own in rows.groupby("inference", sort=False):
        for column in ("standard_error", "difference"):
            by_design = own.groupby(_DESIGN, dropna=False, sort=False)[column]
            found[f"{column} {inference}"] = by_design.median()
            found[f"largest {column} {inference}"] = by_design.max()
    found["left"] = found["requests"] - found["answered"]
    # Of what costs the same, answered already, say, the most comes first.
    found = found.reset_index().sort_values(["usd", "left", "requests"], ascending=[True, True, False], kind="stable")
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()} for row in found.to_dict("records")
    ]


def _worth_their_price(designs: Sequence[Design]) -> Iterator[Design]:
    """Those more precise than whatever costs less, by either inference; and the study as it is."""
    best = dict.fromkeys(_INFERENCES, math.inf)
    for design in designs:
        errors = {inference: design[f"standard_error {inference}"] for inference in _INFERENCES}
        better = [name for name, error in errors.items() if error is None or error < best[name] - 5e-4]
        if better or design["this_study"]:
            best |= {name: errors[name] for name in better if errors[name] is not None}
            yield design


def _cheapest(designs: Sequence[Design], wanted: float) -> Iterator[str]:
    for inference, words in _INFERENCES.items():
        known = [design for design in designs if design[f"standard_error {inference}"] is not None]
        enough = [design for design in known if design[f"standard_error {inference}"] <= wanted]
        if enough:
            error = enough[0][f"standard_error {inference}"]
            yield f"- {wanted:g} {words}: {_named(enough[0])} would do ({error:.2f}), {_price(enough[0])}."
        elif known:
            best = min(known, key=lambda design: design[f"standard_error {inference}"])
            error = best[f"standard_error {inference}"]
            yield f"- {wanted:g} {words}: nothing here reaches it; {_named(best)} come to {error:.2f}."


def _after(rows: pd.DataFrame, designs: Sequence[Design]) -> Iterator[str]:
    """Of a model that has answered: what was expected, what came, and what another wording would bring."""
    came = rows.dropna(subset="came")
    if came.empty:
        return
    expected = came["from_others"].median()
    before = "" if math.isnan(expected) else f"{expected:.2f} was expected from other models, "
    yield f"- This study, over other items like these: {before}{came['came'].median():.2f} came."
    here = next(design for design in designs if design["this_study"])
    more = {**here, "n_wordings": here["n_wordings"] + 1}
    for design in designs:
        if all(design[name] == more[name] for name in _DESIGN):
            gains = [
                f"{here[f'standard_error {inference}']:.3f} to {design[f'standard_error {inference}']:.3f} {words}"
                for inference, words in _INFERENCES.items()
            ]
            yield f"- Another wording would bring it from {', from '.join(gains)}, {_price(design)}."


def _named(design: Design) -> str:
    panel = "all items" if design["panel"] is None else f"{counted(design['panel'], 'item')} of each dimension"
    repeats = f", {design['n_repeats']} repeats" if design["n_repeats"] > 1 else ""
    new = " (one still to be written)" if design["prompt_versions"] is None else ""
    wordings, orders = counted(design["n_wordings"], "wording"), counted(design["n_orders"], "order")
    return f"{wordings}{new} in {orders}, {panel}{repeats}"


def _price(design: Design) -> str:
    usd = "a price that is unknown" if design["usd"] is None else f"{design['usd']:.2f} USD"
    return f"for {counted(design['left'], 'more request')} and {usd}"


def _cells(design: Design, span: int) -> Iterator[str]:
    yield f"{design['n_wordings']}{' (this study)' if design['this_study'] else ''}"
    yield f"{design['n_orders']}"
    yield f"{'all' if design['panel'] is None else design['panel']} ({design['n_asked']:,} in all)"
    yield f"{design['n_repeats']}"
    for column in ("standard_error", "difference"):
        for inference in _INFERENCES:
            middle, largest = design[f"{column} {inference}"], design[f"largest {column} {inference}"]
            shown = [
                f"{value:.2f}" if value <= span else f"above {span}" for value in (middle, largest) if value is not None
            ]
            yield f"{shown[0]} ({shown[1]})" if shown else "n/a"
    yield from (f"{design[name]:,}" for name in ("left", "tokens_in", "tokens_out"))
    yield "unknown" if design["usd"] is None else f"{design['usd']:.2f}"


def _capped(value: float, span: int) -> str:
    """A number of scale points; no score can differ by more than the scale has."""
    return f"{value:.2f}" if value <= span else f"above {span}"
