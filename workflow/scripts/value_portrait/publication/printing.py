"""Tables as people print them: CSV with four digits, LaTeX beside it."""

import re
from collections.abc import Callable, Mapping
from math import isnan
from pathlib import Path

import pandas as pd

from value_portrait.files import written_whole
from value_portrait.instrument import Instrument
from value_portrait.publication.typesetting import latex
from value_portrait.tables import write_csv

_DIGITS = 4
# The coefficients of reliability, as people name them.
COEFFICIENTS = {"alpha": "Cronbach's alpha", "omega": "McDonald's omega"}


def in_print(frame: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The frame with four significant digits, and with dimensions and their families by their titles."""
    shown = with_titles(frame, instrument)
    for name in shown:
        if pd.api.types.is_float_dtype(shown[name]):
            # No zero is negative.
            shown[name] = [float(f"{number:.{_DIGITS}g}") + 0.0 for number in shown[name]]
    return shown


def with_titles(frame: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The frame with dimensions (heads of columns, or cells) and their families by their titles."""
    shown = frame.rename(columns=instrument.titles)
    if "dimension" in shown:
        titles = {"dimension": instrument.titles, "family": {own.name: own.title for own in instrument.families}}
        for name in titles.keys() & set(shown):
            shown[name] = [titles[name].get(cell, cell) for cell in shown[name]]
    return shown


def write_for_people(frame: pd.DataFrame, stem: Path, caption: str, instrument: Instrument) -> None:
    """Write a table for people, from which nothing further is reckoned, as ``<stem>.csv`` and ``<stem>.tex``."""
    write_printed(frame, stem.with_suffix(".csv"), instrument)
    if stem.name in _SHAPED:
        shape, under = _SHAPED[stem.name]
        write_latex(shape(frame, instrument), stem.with_suffix(".tex"), caption, instrument, under)
    else:
        write_latex(frame, stem.with_suffix(".tex"), caption, instrument)


def write_printed(frame: pd.DataFrame, path: Path, instrument: Instrument) -> None:
    """Write a table for people, from which nothing further is reckoned, as CSV."""
    write_csv(in_print(frame, instrument), path)


def write_latex(
    frame: pd.DataFrame, path: Path, caption: str, instrument: Instrument, under: str | None = None
) -> None:
    """Write a table as LaTeX, labelled with the file's name; arguments as of ``typesetting.latex``."""
    families = [[instrument.titles[name] for name in own.names] for own in instrument.families]
    text = latex(with_titles(frame, instrument), caption, path.stem, families, under)
    with written_whole(path) as partial:
        partial.write_text(text, encoding="utf-8")


def reliability_in_print(reliability: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The table ``reliability`` as people print it: who (answered what), dimension, counts, each coefficient."""
    own = reliability.astype({"source": object, "family": object, "dimension": object, "coefficient": object})
    keys = ["who", "family", "dimension", "n_items", "n_observations", "n_groups"]
    titles = {family.name: family.title for family in instrument.families}
    own["who"] = own["family"].map(titles) + ", among " + own["source"]
    own["text"] = list(map(_with_interval, own["estimate"], own["ci_low"], own["ci_high"]))
    wide = own.pivot(index=keys, columns="coefficient", values="text")
    wide = wide.reindex(pd.MultiIndex.from_frame(own[keys].drop_duplicates()), columns=list(COEFFICIENTS))
    return wide.rename(columns=COEFFICIENTS).reset_index().drop(columns="family").rename_axis(columns=None)


def cross_loading_in_print(distances: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The table of cross-loadings as people print it: a row for each number of steps, a column for each direction."""
    wide = distances.pivot(index="distance", columns="direction", values="n_pairs")
    return (
        wide.reindex(columns=["same", "opposite"])
        .reset_index()
        .set_axis(["steps", "pairs of one sign", "pairs of opposite signs"], axis=1)
    )


def people_in_print(table: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Models and people as people print them: means, differences with their intervals, p; below each family (who)."""
    columns = {
        "who": _family_titles(table, instrument),
        "dimension": table["dimension"],
        "raters": table["people_n"],
        "models": table["models_mean"],
        "people": table["people_mean"],
        "difference": list(map(_with_interval, table["difference"], table["difference_low"], table["difference_high"])),
        "p": [None if isnan(p) else "< 0.001" if p < 0.001 else f"{p:.3f}" for p in table["p_adjusted"]],
    }
    return pd.DataFrame(columns)


def questionnaire_in_print(table: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Distributions of scores on the questionnaire as people print them, below each family (who)."""
    shown = table.assign(who=_family_titles(table, instrument)).drop(columns="family")
    return shown.rename(columns=lambda name: re.sub(r"^q(\d+)$", r"\1 %", name)).rename(columns={"sd": "SD"})


def spread_in_print(table: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """How pronounced profiles are, as people print it: models, size in billions, variance (* of printed scores)."""
    shown = table[["model", "family"]].copy()
    shown["size"] = [None if isnan(size) else f"{size:g}" for size in table["size_b"]]
    # With two digits the small ones are all 0.00.
    shown["variance"] = [
        None if isnan(own) else f"{own:.3f}{'*' * (answers == 'printed')}"
        for own, answers in zip(table["variance"], table["answers"], strict=True)
    ]
    return shown


# Tables that LaTeX shows in another shape than CSV, and the column that rows stand together below.
_SHAPED: Mapping[str, tuple[Callable[[pd.DataFrame, Instrument], pd.DataFrame], str | None]] = {
    "reliability": (reliability_in_print, "who"),
    "cross_loading": (cross_loading_in_print, None),
    "value_spread": (spread_in_print, None),
    "models_and_people": (people_in_print, "who"),
    "questionnaire": (questionnaire_in_print, "who"),
}


def _family_titles(table: pd.DataFrame, instrument: Instrument) -> "pd.Series[str]":
    return table["family"].astype(str).map({own.name: own.title for own in instrument.families})


def _with_interval(estimate: float, low: float, high: float) -> str | None:
    if isnan(estimate):
        return None
    return f"{estimate:z.2f}" + ("" if isnan(low) else f" [{low:z.2f}, {high:z.2f}]")
