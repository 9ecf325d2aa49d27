"""What the paper prints, beside ours: each function gives the rows of one table, or of the numbers in the text.

Printed tables come as by ``read_printed``. A value that changes with the causes comes as ``steps``: by cause, the value
with it and all causes before it applied; the first is what the default configuration gives.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.errors import InputError
from value_portrait.items import coverage
from value_portrait.items.validation import select_items
from value_portrait.paper.certifying.distances import distances
from value_portrait.paper.certifying.in_archive import NOT_RECORDED
from value_portrait.paper.certifying.new_data import MICRODATA
from value_portrait.paper.certifying.printed import PRINTED, cell_names, printed_numbers
from value_portrait.paper.certifying.rows import absent, compare, compare_sets
from value_portrait.paper.certifying.stated import ALL_MODELS, ORDER, WHOLE_RATERS
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.publication import printed_tables as publication

VALUES = list(VALUE_PORTRAIT.main.names)

Frames = Mapping[str, pd.DataFrame]


def topics(printed: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """Table 4; ``ours`` like ``coverage.topic_shares``."""
    numbers, tolerance = printed_numbers(list(printed["percent"]))
    own = ours.set_index("topic")["percent"].reindex(printed.index).to_numpy()
    names = [f"queries on {topic}, %" for topic in printed.index]
    return compare("Table 4", names, numbers, tolerance, {"": own}, "write_tables")


def items_per_value(printed: pd.DataFrame, steps: Frames, threshold: float) -> pd.DataFrame:
    """Table 5: the study's own row from ``steps`` (tables ``correlations``); those of other item sets are not here."""
    values = {}
    for cause, frame in steps.items():
        tags = publication.two_sided_tags(frame, threshold)
        shares = coverage.items_per_dimension(tags, VALUE_PORTRAIT.main).set_index("dimension")["share"]
        values[cause] = np.array([*shares[printed.columns[:-2]], *coverage.spread_of_shares(shares)])
    rows = [_compare_cells("Table 5", printed.iloc[:1], values, "write_tables")]
    for name in printed.index[1:]:
        why = f"the items of {name} are another study's"
        rows.append(_absent_cells("Table 5", printed.loc[[name]], "not in the archive", why))
    return pd.concat(rows)


def model_scores(
    source: str, printed: pd.DataFrame, steps: Frames, recorded: Sequence[str], archived: Sequence[str]
) -> pd.DataFrame:
    """Table 8 or 9; ``steps`` hold wide tables as they are printed.

    ``recorded`` are the models whose published answers this run holds, ``archived`` those that the archive has.
    """
    here, elsewhere = printed.index.isin(recorded), ~printed.index.isin([*archived, *recorded])
    values = {
        cause: frame.set_index("model").reindex(printed.index[here])[list(printed.columns)].to_numpy().ravel()
        for cause, frame in steps.items()
    }
    return pd.concat(
        [
            _compare_cells(source, printed[here], values, "write_tables"),
            _absent_cells(source, printed[~here & ~elsewhere], "not in this run", NOT_RECORDED),
            _absent_cells(source, printed[elsewhere], "differs", "the archive has no model of that name"),
        ]
    )


def cross_loading(printed: pd.DataFrame, steps: Frames, threshold: float) -> pd.DataFrame:
    """Appendix D.2: pairs of tags of one item by their steps on the value circle, their number and mean."""
    values = {cause: distances(frame, threshold) for cause, frame in steps.items()}
    return _compare_cells("Appendix D.2", printed.rename(index="{} direction".format), values, "write_tables")


def alphas(printed: pd.DataFrame, steps: Mapping[str, "pd.Series[Any]"], complete: bool) -> pd.DataFrame:
    """Appendix F; ``steps`` hold alphas by value, over the archive's models where those are ``complete``."""
    names = [f"alpha of {value}" for value in printed.index]
    if not complete:
        return absent("Appendix F", names, list(printed["alpha"]), "not in this run", NOT_RECORDED)
    numbers, tolerance = printed_numbers(list(printed["alpha"]))
    values = {cause: alpha.reindex(printed.index).to_numpy(float) for cause, alpha in steps.items()}
    return compare("Appendix F", names, numbers, tolerance, values, "score_models")


def order_of_values(printed: pd.DataFrame, steps: Frames) -> pd.DataFrame:
    """Which three values stand highest and lowest in each printed row of Table 8, and in ours.

    Printed numbers that tie for the third place may each be it.

    Parameters
    ----------
    steps : wide tables of value scores, recorded models only.
    """
    models = [model for model in printed.index if model in set(next(iter(steps.values()))["model"])]
    stated = printed.loc[models, VALUES].to_numpy(float)
    scores = {cause: frame.set_index("model").loc[models, VALUES].to_numpy(float) for cause, frame in steps.items()}
    rows = []
    for end, sign in (("highest", 1), ("lowest", -1)):
        thirds = [np.sort(sign * own)[-3] for own in stated]
        sets = [
            (_named(sign * own > third), _named(sign * own >= third)) for own, third in zip(stated, thirds, strict=True)
        ]
        found = {cause: [_top(sign * own) for own in values] for cause, values in scores.items()}
        names = [f"{model}: three {end} values" for model in models]
        rows.append(compare_sets(ORDER, names, sets, found, "score_models"))
    return pd.concat(rows)


def claims(printed: pd.DataFrame, of_table_8: Sequence[str], steps: Frames, complete: bool) -> pd.DataFrame:
    """The abstract's three highest and lowest values, in the mean over the models of Table 8, then over all.

    Parameters
    ----------
    steps : wide tables of value scores.
    complete : whether they hold all models of the archive; an average over others says nothing about the claim.
    """
    if unknown := sorted(set(printed.to_numpy().ravel()) - set(VALUES)):
        raise InputError(
            PRINTED["claims"].file, f"{unknown[0]!r} is no value.", "Restore it from git; the paper has it."
        )
    stated = {end: _named(np.isin(VALUES, printed.loc[end])) for end in ("highest", "lowest")}
    if not complete:
        names = [f"three {end} values" for end in stated]
        return absent("Abstract", names, list(map(", ".join, stated.values())), "not in this run", NOT_RECORDED)
    means = {cause: frame[frame["model"].isin(of_table_8)][VALUES].mean() for cause, frame in steps.items()}
    *_, with_all_causes = steps.values()
    means[ALL_MODELS] = with_all_causes[VALUES].mean()
    rows = []
    for end, sign in (("highest", 1), ("lowest", -1)):
        found = {cause: [_top(sign * own.to_numpy(float))] for cause, own in means.items()}
        names = [f"three {end} values, mean of the models"]
        rows.append(compare_sets("Abstract", names, [(stated[end], stated[end])], found, "score_models"))
    return pd.concat(rows)


def counts(
    printed: pd.DataFrame, survey: pd.DataFrame, participants: int, steps: Frames, threshold: float, max_p: float
) -> pd.DataFrame:
    """The counts in the text; ``participants`` is how many people the archive has a profile of, pilots included."""
    families = {
        cause: select_items(frame, threshold, max_p, "both")["family"].value_counts() for cause, frame in steps.items()
    }
    mean = len(survey) / survey["item_id"].nunique()
    known = {
        "participants": ({"": participants}, "import_archive"),
        "mean raters per item": ({"": mean, WHOLE_RATERS: np.floor(mean)}, "import_archive"),
        **{
            f"{kind} tags with |rho| >= 0.3 and p < 0.05": (
                {cause: counted.get(family, 0) for cause, counted in families.items()},
                "correlate_items",
            )
            for kind, family in (("value", "pvq"), ("trait", "bfi"))
        },
    }
    rows = []
    for quantity, text in printed["printed"].items():
        number, tolerance = printed_numbers([text])
        if quantity in known:
            values, made_by = known[str(quantity)]
            own = {cause: np.array([value]) for cause, value in values.items()}
            rows.append(compare("Text", [str(quantity)], number, tolerance, own, made_by))
        else:
            rows.append(absent("Text", [str(quantity)], [number[0]], "needs microdata", MICRODATA))
    return pd.concat(rows)


def query_funnel(printed: pd.DataFrame, item_table: pd.DataFrame) -> pd.DataFrame:
    """Appendix D.1: the archive holds the queries of the last stage alone."""
    queries = item_table.drop_duplicates("query_id")["source"].value_counts().rename(lambda name: name.replace(" ", ""))
    last = {"": queries.reindex(printed.columns).to_numpy(float)}
    why = "the archive holds the queries that were left, not those before"
    return pd.concat(
        [
            _compare_cells("Appendix D.1", printed.iloc[-1:], last, "import_archive"),
            _absent_cells("Appendix D.1", printed.iloc[:-1], "not in the archive", why),
        ]
    )


def _compare_cells(source: str, printed: pd.DataFrame, steps: Mapping[str, np.ndarray], made_by: str) -> pd.DataFrame:
    """Rows for the cells of a printed table that are not empty; ``steps`` (N,) have a value for each cell."""
    cells, names = printed.to_numpy().ravel(), np.array(cell_names(printed), dtype=object)
    stated = cells != ""
    values = {cause: own[stated] for cause, own in steps.items()}
    return compare(source, names[stated].tolist(), *printed_numbers(cells[stated].tolist()), values, made_by)


def _absent_cells(source: str, printed: pd.DataFrame, status: str, why: str) -> pd.DataFrame:
    return absent(source, cell_names(printed), list(printed.to_numpy().ravel()), status, why)


def _top(scores: np.ndarray) -> list[str]:
    """The three values with the highest scores, in the instrument's order."""
    return _named(np.isin(np.arange(len(VALUES)), np.argsort(scores)[-3:]))


def _named(chosen: np.ndarray) -> list[str]:
    return [value for value, own in zip(VALUES, chosen, strict=True) if own]
