"""What items truly measure: as it was planted, in a table, and as a key has it."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from value_portrait.instrument import Instrument
from value_portrait.simulation.settings import Setting
from value_portrait.tables import NUMBER, REPEATED_TEXT, TEXT, Column, Schema, read_table


def stretch(instrument: Instrument) -> float:
    """By what a number for a scale of six options is to be multiplied."""
    return instrument.span / 5


def loadings_schema(instrument: Instrument) -> Schema:
    """The schema of the planted truth about items; the dimensions of each are in the order of ``planted``."""
    span = instrument.span
    return Schema(
        ("item_id", "family", "dimension"),
        {
            "item_id": Column(TEXT, "item: query and response, as in 1021-3"),
            "family": Column(REPEATED_TEXT, "family of the dimension"),
            "dimension": Column(REPEATED_TEXT, "what is measured; none that is made of others"),
            "loading": Column(NUMBER, "scale points per standard deviation of the true score, or 0", -span, span),
            "difficulty": Column(NUMBER, "the item's own shift of all ratings, in scale points", -span, span),
        },
    )


def loading_table(
    items: Sequence[str], loadings: np.ndarray, difficulty: np.ndarray, instrument: Instrument
) -> pa.Table:
    """The table of ``loadings_schema`` from loadings (I × planted) and difficulties (I,)."""
    families, dimensions = zip(*instrument.planted, strict=True)
    return pa.table(
        {
            "item_id": np.repeat(items, len(dimensions)),
            "family": families * len(items),
            "dimension": dimensions * len(items),
            "loading": loadings.ravel(),
            "difficulty": np.repeat(difficulty, len(dimensions)),
        }
    )


def loading_matrix(truth: pa.Table, items: Sequence[str], instrument: Instrument) -> tuple[np.ndarray, np.ndarray]:
    """The table of ``loadings_schema`` as loadings (I × planted) and difficulties (I,), in the order of ``items``."""
    size = len(instrument.planted)
    place = {item: row for row, item in enumerate(truth["item_id"].to_pylist()[::size])}
    rows = [place[item] for item in items]
    loadings, difficulty = (truth[name].to_numpy().reshape(-1, size)[rows] for name in ("loading", "difficulty"))
    return loadings, difficulty[:, 0]


def key_loadings(
    key: pa.Table, items: Sequence[str], setting: Setting, instrument: Instrument
) -> tuple[np.ndarray, np.ndarray]:
    """What ``loading_matrix`` gives, from the table ``item_key``: one loading for every tag, with its sign."""
    loading = np.mean(setting.loading) * stretch(instrument)
    row, column = ({name: place for place, name in enumerate(names)} for names in (items, instrument.planted))
    loadings = np.zeros((len(items), len(instrument.planted)))
    for tag in key.select(["item_id", "family", "dimension", "polarity"]).to_pylist():
        if (dimension := (tag["family"], tag["dimension"])) in column:
            loadings[row[tag["item_id"]], column[dimension]] = tag["polarity"] * loading
    return loadings, np.zeros(len(items))


def measured(
    items: pa.Table, source: str, truth: bool, setting: Setting, instrument: Instrument
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The items' ids, loadings and difficulties: the ``truth`` about them, or what their key makes of them."""
    ids = items["item_id"].to_pylist()
    if truth:
        return ids, *loading_matrix(read_table(source, loadings_schema(instrument)), ids, instrument)
    return ids, *key_loadings(read_table(source, "item_key", instrument), ids, setting, instrument)
