"""The tables copied out of print, each held to its columns before anything is made from it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from value_portrait.errors import InputError
from value_portrait.instrument import Instrument
from value_portrait.reading import read_cells, read_printed_cells

OPEN_WEIGHT_SCORES = "data/reference/table_12_open_weight_scores.csv"


@dataclass(frozen=True)
class Shape:
    """What a printed table must hold.

    Attributes
    ----------
    file : where it stands. labels : the columns that name a row.
    rows : how many there are, or their names, in order. empty : cells that are empty in print.
    digits : the other columns, in order, with the digits that their numbers have after the point; None for texts.
    """

    file: str
    labels: tuple[str, ...]
    rows: int | Sequence[str]
    digits: Mapping[str, int | None]
    empty: int = 0


def printed_tables(printed: Instrument) -> dict[str, Shape]:
    """Every table of print, and what is recorded beside them; ``printed`` is the paper's own instrument."""
    values: dict[str, int | None] = dict.fromkeys(printed.main.names, 2)
    traits: dict[str, int | None] = dict.fromkeys(printed.family("bfi").names, 2)
    return {
        "topics": _shape("table_4_topics", "topic", 30, {"percent": 1}),
        "items_per_value": _shape(
            "table_5_items_per_value",
            "dataset",
            ["Value Portrait", "ValueNet", "ValueFULCRA"],
            dict.fromkeys([*values, "std"], 3) | {"imbalance_ratio": 2},
        ),
        "value_scores": _shape("table_8_value_scores", "model", 27, values),
        "trait_scores": _shape("table_9_trait_scores", "model", 27, traits),
        "open_weight_scores": Shape(OPEN_WEIGHT_SCORES, ("model",), 11, values | {"variance": 3}),
        "people": _shape("tables_13_to_16_people", "axis group", 13, values),
        "personas": _shape("tables_13_to_19_personas", "axis group", 25, values | traits),
        "steering": _shape("table_17_value_steering", "steered", 10, values),
        "query_funnel": _shape(
            "appendix_d1_query_funnel",
            "stage",
            ["raw", "rule_filter", "value_relevance", "value_diversity", "manual_review"],
            dict.fromkeys(["Reddit", "DearAbby", "ShareGPT", "LMSYS"], 0),
        ),
        "cross_loading": _shape(
            "appendix_d2_cross_loading",
            "direction",
            ["same", "opposite"],
            dict.fromkeys([*"12345", "total"], 0) | {"mean": 2},
            empty=1,
        ),
        "reliability": _shape("appendix_f_alpha", "dimension", 10, {"alpha": 2}),
        "counts": _shape(
            "counts",
            "quantity",
            [
                "participants",
                "mean raters per item",
                "round of the European Social Survey",
                "respondents of the European Social Survey",
                "value tags with |rho| >= 0.3 and p < 0.05",
                "trait tags with |rho| >= 0.3 and p < 0.05",
            ],
            {"printed": 0},
        ),
        "claims": _shape("abstract_claims", "end", ["highest", "lowest"], dict.fromkeys(["first", "second", "third"])),
        "fingerprints": _shape(
            "fingerprints",
            "table",
            58,
            {"rows": 0, "sha256": None},
        ),
        "open_differences": _shape(
            "open_differences", "source quantity", 3, dict.fromkeys(["published", "ours_with_causes", "tried"])
        ),
    }


def _shape(
    file: str, labels: str, rows: int | Sequence[str], digits: Mapping[str, int | None], empty: int = 0
) -> Shape:
    return Shape(f"data/reference/{file}.csv", tuple(labels.split()), rows, digits, empty)


def check_printed(
    place: Callable[[str], str], models: Iterable[str], source: str, printed: Instrument, instrument: Instrument
) -> None:
    """Hold all tables of printed numbers to their columns, and the models that only they know to Table 12.

    Parameters
    ----------
    place : where a file is that comes with the workflow.
    models : those known by printed scores alone. source : where they stand, for messages.
    printed : the paper's own instrument.

    Raises
    ------
    InputError : as ``read_printed_cells``; or a model or a dimension of the study is not in Table 12.
    """
    tables = {
        name: read_printed_cells(place(shape.file), shape.labels, list(shape.digits))
        for name, shape in printed_tables(printed).items()
        if None not in shape.digits.values()
    }
    # Those that hold texts are read whole where they are used; here they must be there.
    for shape in printed_tables(printed).values():
        if None in shape.digits.values():
            read_cells(place(shape.file), ",", "Restore it from git.")
    known = {row["model"]: row for row in tables["open_weight_scores"]}
    for model in models:
        if not all(known.get(model, {}).get(name) for name in instrument.main.names):
            raise InputError(
                f"{source}, model {model}",
                f"is known only by printed scores, but {OPEN_WEIGHT_SCORES} has none of it.",
                "Correct the name, or remove the row.",
            )
