"""The tables copied out of print, each held to its columns before anything is made from it."""

from collections.abc import Callable, Iterable

from value_portrait.configuration import Model
from value_portrait.errors import InputError
from value_portrait.instrument import Instrument
from value_portrait.reading import read_cells, read_printed_cells

OPEN_WEIGHT_SCORES = "data/reference/table_12_open_weight_scores.csv"


def check_printed(
    place: Callable[[str], str], models: Iterable[Model], source: str, printed: Instrument, instrument: Instrument
) -> None:
    """Hold all printed tables to their columns, and the models known by printed scores alone to Table 12.

    Parameters
    ----------
    place : where a file is that comes with the workflow.
    source : where the models stand, for messages. printed : the paper's own instrument.

    Raises
    ------
    InputError : as ``read_printed_cells``; or a model or a dimension of the study is not in Table 12.
    """
    values, traits = printed.main.names, printed.family("bfi").names
    # The columns that name a row, and those of numbers.
    columns: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
        "table_4_topics": (("topic",), ("percent",)),
        "table_5_items_per_value": (("dataset",), (*values, "std", "imbalance_ratio")),
        "table_8_value_scores": (("model",), values),
        "table_9_trait_scores": (("model",), traits),
        "table_12_open_weight_scores": (("model",), (*values, "variance")),
        "tables_13_to_16_people": (("axis", "group"), values),
        "tables_13_to_19_personas": (("axis", "group"), (*values, *traits)),
        "table_17_value_steering": (("steered",), values),
        "appendix_d1_query_funnel": (("stage",), ("Reddit", "DearAbby", "ShareGPT", "LMSYS")),
        "appendix_d2_cross_loading": (("direction",), ("1", "2", "3", "4", "5", "total", "mean")),
        "appendix_f_alpha": (("dimension",), ("alpha",)),
        "counts": (("quantity",), ("printed",)),
    }
    for name in ("abstract_claims", "fingerprints", "open_differences"):
        read_cells(place(f"data/reference/{name}.csv"), ",", "Restore it from git.")
    tables = {name: read_printed_cells(place(f"data/reference/{name}.csv"), *own) for name, own in columns.items()}
    known = {row["model"]: row for row in tables["table_12_open_weight_scores"]}
    for model in models:
        if model.answers == "printed" and not all(
            known.get(model.model, {}).get(name) for name in instrument.main.names
        ):
            raise InputError(
                f"{source}, model {model.model}",
                f"is known only by printed scores, but {OPEN_WEIGHT_SCORES} has none of it.",
                "Correct the name, or remove the row.",
            )
