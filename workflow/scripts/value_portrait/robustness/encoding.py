"""Which item and dimension a row is about: as columns of a table, and as their places in arrays."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from value_portrait.instrument import Instrument


def texts_at(places: np.ndarray, texts: Sequence[str]) -> pa.DictionaryArray:
    """The column that has at each row the text of that place (N,)."""
    return pa.DictionaryArray.from_arrays(places.astype(np.int32), pa.array(texts))


def places_of(column: pa.ChunkedArray, texts: Sequence[str]) -> np.ndarray:
    """The places (N,) of a column's texts."""
    encoded = column.dictionary_encode().unify_dictionaries().combine_chunks()
    place = {text: index for index, text in enumerate(texts)}
    return np.array([place[text] for text in encoded.dictionary.to_pylist()], np.intp)[encoded.indices.to_numpy()]


def columns_at(
    item: np.ndarray, dimension: np.ndarray, items: Sequence[str], instrument: Instrument
) -> dict[str, pa.DictionaryArray]:
    """The columns item_id, family and dimension, from places (N,) among ``items`` and the instrument's dimensions."""
    families, names = zip(*instrument.dimensions, strict=True)
    return {
        "item_id": texts_at(item, items),
        "family": texts_at(dimension, families),
        "dimension": texts_at(dimension, names),
    }


def places_in(table: pa.Table, items: Sequence[str], instrument: Instrument) -> tuple[np.ndarray, np.ndarray]:
    """The places (N,) of a table's items and dimensions; see ``columns_at``."""
    # A name of a dimension may stand in two families.
    families = [family.name for family in instrument.families]
    names = list(dict.fromkeys(name for _, name in instrument.dimensions))
    lookup = np.zeros((len(families), len(names)), np.intp)
    for place, (family, name) in enumerate(instrument.dimensions):
        lookup[families.index(family), names.index(name)] = place
    dimension = lookup[places_of(table["family"], families), places_of(table["dimension"], names)]
    return places_of(table["item_id"], items), dimension
