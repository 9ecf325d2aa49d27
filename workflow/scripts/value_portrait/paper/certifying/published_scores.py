"""The score files that the authors published, one for each model."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from value_portrait.errors import InputError
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.reading import read_json

FOLDER = "lm_evaluation/score_results/final_results_0.3_pos_centered"

_RESTORE = "Restore the file."
_WIDTH = VALUE_PORTRAIT.span
# Our column, theirs, and the range of its numbers.
_NUMBERS = (
    ("mean", "original_mean", VALUE_PORTRAIT.lowest, VALUE_PORTRAIT.highest),
    ("centred_mean", "centered_mean", -_WIDTH, _WIDTH),
    ("sd", "std_dev", 0, _WIDTH / 2),
)


def read_published_scores(archive: str | Path) -> pa.Table:
    """The published scores below the folder ``archive``, one row per model and dimension.

    Columns model, family, dimension, ``mean`` (of the items' version averages), ``centred_mean``, ``sd`` (population)
    and ``n`` (items), in the order of the files' names and of the instrument.

    Raises
    ------
    InputError : there is no score file; or one of them is malformed, lacks a dimension, holds an unknown one, has a
        number off its range, or repeats a model.
    """
    folder = Path(archive, FOLDER)
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise InputError(folder, "holds no score files.", "Run again from the archive.")
    file_of: dict[str, str] = {}
    rows = []
    for path in paths:
        content = read_json(path)
        meta, scores = (content.get(name) if isinstance(content, dict) else None for name in ("meta", "scores"))
        model = meta.get("model_name") if isinstance(meta, dict) else None
        if not isinstance(model, str) or not model or not isinstance(scores, dict):
            raise InputError(path, "has no meta.model_name or no scores.", _RESTORE)
        if model in file_of:
            raise InputError(path, f"scores {model}, as {file_of[model]} does.", "Keep one of the two.")
        file_of[model] = path.name
        _check_dimensions(scores, path)
        for family, dimension in VALUE_PORTRAIT.dimensions:
            where, cell = f"{path}, {family} {dimension}", scores[family][dimension]
            if not isinstance(cell, dict):
                raise InputError(where, "holds no scores.", _RESTORE)
            rows.append({"model": model, "family": family, "dimension": dimension, **_read_cell(cell, where)})
    return pa.Table.from_pylist(rows)


def _check_dimensions(scores: dict[str, Any], path: Path) -> None:
    families = {family.name: family.names for family in VALUE_PORTRAIT.families}
    for family, dimensions in families.items():
        found = scores.get(family)
        if not isinstance(found, dict) or set(found) != set(dimensions):
            differing = set(dimensions) ^ set(found if isinstance(found, dict) else ())
            raise InputError(f"{path}, {family}", f"lacks, or has in excess: {', '.join(sorted(differing))}.", _RESTORE)
    if unknown := sorted(set(scores) - set(families)):
        raise InputError(path, f"has the unknown family {unknown[0]}.", _RESTORE)


def _read_cell(cell: Mapping[str, Any], where: str) -> dict[str, float | int]:
    values: dict[str, float | int] = {}
    for name, published, low, high in _NUMBERS:
        value: Any = cell.get(published)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not low - 1e-9 <= value <= high + 1e-9:
            raise InputError(where, f"{published} is {value!r}, no number from {low} to {high}.", _RESTORE)
        values[name] = float(value)
    n = cell.get("n")
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise InputError(where, f"n is {n!r}, no count of items.", _RESTORE)
    return values | {"n": n}
