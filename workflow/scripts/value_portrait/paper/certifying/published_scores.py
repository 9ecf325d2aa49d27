"""The score files that the authors published, one for each model."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from value_portrait.errors import InputError
from value_portrait.paper.certifying.stated import ARITHMETIC
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.reading import Found, open_json

FOLDER = "lm_evaluation/score_results/final_results_0.3_pos_centered"

_WIDTH = VALUE_PORTRAIT.span
# Our column, theirs, and the range of its numbers.
_NUMBERS = (
    ("mean", "original_mean", VALUE_PORTRAIT.lowest - ARITHMETIC, VALUE_PORTRAIT.highest + ARITHMETIC),
    ("centred_mean", "centered_mean", -_WIDTH - ARITHMETIC, _WIDTH + ARITHMETIC),
    ("sd", "std_dev", -ARITHMETIC, _WIDTH / 2 + ARITHMETIC),
)
_MOST_ITEMS = 1_000_000


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
        content = open_json(path)
        model = content["meta"]["model_name"].name()
        if model in file_of:
            raise InputError(path, f"scores {model}, as {file_of[model]} does.", "Keep one of the two.")
        file_of[model] = path.name
        scores = content["scores"]
        _hold(scores, [family.name for family in VALUE_PORTRAIT.families])
        for family in VALUE_PORTRAIT.families:
            _hold(scores[family.name], family.names)
            for dimension in family.names:
                cell = scores[family.name][dimension]
                numbers = {name: cell[theirs].number(low, high) for name, theirs, low, high in _NUMBERS}
                own = {"model": model, "family": family.name, "dimension": dimension}
                rows.append({**own, **numbers, "n": cell["n"].whole(1, _MOST_ITEMS)})
    return pa.Table.from_pylist(rows)


def _hold(found: Found, names: Sequence[str]) -> None:
    """An object must have these keys and no others."""
    if differing := {name for name, _ in found.members("score")} ^ set(names):
        raise found.refuse(f"lacks, or has in excess: {', '.join(sorted(differing))}.")
