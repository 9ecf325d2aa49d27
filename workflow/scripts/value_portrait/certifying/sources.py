"""What is compared, source by source: each function gives the rows of one table of the paper or file of the archive.

A value that changes with the causes comes as ``steps``: by cause, the value with it and all causes before it applied;
the first is what the default configuration gives.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from .. import coverage, publication
from ..comparisons import VALUES
from ..items import select_items
from .paper import WHOLE_RATERS
from .printed import ARITHMETIC, printed_numbers, read_printed
from .rows import COLUMNS, absent, compare

Frames = Mapping[str, pd.DataFrame]

MICRODATA = "the European Social Survey's microdata in data/raw/ess/ (data/raw/README.md)"

NOT_RECORDED = "config/models.tsv does not name all these models with recorded answers"

_PAIR = ["family", "dimension"]
_TAG = ["item_id", *_PAIR]
# Correlations are equal when they come from the same numbers by the same formula; binary arithmetic leaves this much.
_CORRELATION_TOLERANCE = 1e-12


def correlations(published: pd.DataFrame, steps: Frames) -> pd.DataFrame:
    """Every published correlation and its p-value; frames like the table ``correlations``."""
    index = pd.MultiIndex.from_frame(published[_TAG].astype(str))
    aligned = {cause: _indexed(frame, _TAG).reindex(index) for cause, frame in steps.items()}
    return pd.concat(
        [
            compare(
                "archive: correlation_results",
                [f"{measure} of {item} with {family} {dimension}" for item, family, dimension in index],
                published[measure].to_numpy(),
                _CORRELATION_TOLERANCE,
                {cause: frame[measure].to_numpy() for cause, frame in aligned.items()},
                "correlate_items",
            )
            for measure in ("rho", "p")
        ]
    )


def tags(published: pd.DataFrame, steps: Frames, threshold: float) -> pd.DataFrame:
    """Every tag of the archive, by the correlation that it carries, and every tag that only our correlations give.

    Parameters
    ----------
    published : columns item_id, family, dimension and rho.
    """
    ours = {cause: _indexed(publication.two_sided_tags(frame, threshold), _TAG) for cause, frame in steps.items()}
    theirs = _indexed(published, _TAG)
    index = theirs.index
    for frame in ours.values():
        index = index.union(frame.index, sort=False)
    return compare(
        "archive: Phase1_total",
        [f"tag {item} {family} {dimension}" for item, family, dimension in index],
        theirs["rho"].reindex(index).to_numpy(),
        _CORRELATION_TOLERANCE,
        {cause: frame["rho"].reindex(index).to_numpy() for cause, frame in ours.items()},
        "correlate_items",
    )


def topics(path: str, ours: pd.DataFrame) -> pd.DataFrame:
    """Table 4; ``ours`` like ``coverage.topic_shares``."""
    printed = read_printed(path, "topic")["percent"]
    numbers, tolerance = printed_numbers(list(printed), path)
    own = ours.set_index("topic")["percent"].reindex(printed.index).to_numpy()
    return compare(
        "Table 4", [f"queries on {topic}, %" for topic in printed.index], numbers, tolerance, {"": own}, "write_tables"
    )


def items_per_value(path: str, steps: Frames, threshold: float) -> pd.DataFrame:
    """Table 5: the study's own row from ``steps`` (tables ``correlations``); those of other item sets are not here."""
    printed = read_printed(path, "dataset")
    own, *others = printed.index
    numbers, tolerance = printed_numbers(list(printed.loc[own]), path)
    values = {}
    for cause, frame in steps.items():
        shares = coverage.items_per_value(publication.two_sided_tags(frame, threshold)).set_index("dimension")["share"]
        values[cause] = np.array([*shares[printed.columns[:-2]], *coverage.spread_of_shares(shares)])
    rows = [compare("Table 5", _names(own, printed.columns), numbers, tolerance, values, "write_tables")]
    for name in others:
        why = f"the items of {name} are another study's"
        rows.append(
            absent("Table 5", _names(name, printed.columns), list(printed.loc[name]), "not in the archive", why)
        )
    return pd.concat(rows)


def model_scores(source: str, path: str, steps: Frames, recorded: Sequence[str]) -> pd.DataFrame:
    """Table 8 or 9; ``steps`` hold wide tables as they are printed, ``recorded`` the models with published answers."""
    printed = read_printed(path, "model")
    models = [model for model in printed.index if model in recorded]
    cells = printed.loc[models].to_numpy().ravel()
    numbers, tolerance = printed_numbers(list(cells), path)
    values = {
        cause: frame.set_index("model").reindex(models)[list(printed.columns)].to_numpy().ravel()
        for cause, frame in steps.items()
    }
    names = [name for model in models for name in _names(model, printed.columns)]
    rows = [compare(source, names, numbers, tolerance, values, "write_tables")]
    for model in printed.index.difference(models):
        names = _names(model, printed.columns)
        rows.append(absent(source, names, list(printed.loc[model]), "not in this run", NOT_RECORDED))
    return pd.concat(rows)


def score_files(
    published: pd.DataFrame, steps: Frames, recorded: Sequence[str], archived: Sequence[str]
) -> pd.DataFrame:
    """The archive's score files: mean, centred mean, SD and number of items of every model and dimension.

    Parameters
    ----------
    published : columns model, family, dimension, n, mean, centred_mean and sd.
    steps : tables ``profiles`` of the baseline.
    """
    measures = {"mean": "mean", "centred_mean": "centred_mean", "sd": "sd", "n": "n_items"}
    key = ["model", *_PAIR]
    have = published[published["model"].isin(recorded)]
    index = pd.MultiIndex.from_frame(have[key].astype(str))
    aligned = {cause: _indexed(frame, key).reindex(index) for cause, frame in steps.items()}
    rows = []
    for measure, column in measures.items():
        names = [f"{model}: {measure} of {family} {dimension}" for model, family, dimension in index]
        values = {cause: frame[column].to_numpy(float) for cause, frame in aligned.items()}
        rows.append(
            compare("archive: score_results", names, have[measure].to_numpy(float), ARITHMETIC, values, "score_models")
        )
    for model, own in published[~published["model"].isin(recorded)].groupby("model"):
        names = [
            f"{model}: {measure} of {row.family} {row.dimension}" for measure in measures for row in own.itertuples()
        ]
        numbers = [number for measure in measures for number in own[measure]]
        verdict = (
            ("not in this run", NOT_RECORDED) if model in archived else ("not in the archive", "it has no answers")
        )
        rows.append(absent("archive: score_results", names, numbers, *verdict))
    return pd.concat(rows)


def cross_loading(path: str, steps: Frames, threshold: float) -> pd.DataFrame:
    """Appendix D.2, by a plain loop over all pairs of tags, beside the tables' own way of counting."""
    printed = read_printed(path, "direction")
    rows = []
    for direction, cells in printed.iterrows():
        numbers, tolerance = printed_numbers(list(cells), path)
        values = {
            cause: _distances(publication.two_sided_tags(frame, threshold), str(direction))
            for cause, frame in steps.items()
        }
        rows.append(
            compare(
                "Appendix D.2",
                _names(f"{direction} direction", cells.index),
                numbers,
                tolerance,
                values,
                "write_tables",
            )
        )
    return pd.concat(rows)


def _distances(tags_: pd.DataFrame, direction: str) -> np.ndarray:
    """Pairs of values of one item by their steps on the circle, 1 to 5, their number and mean; each pair looked at."""
    place = {value: angle for angle, value in enumerate(VALUES)}
    own = tags_[tags_["family"] == "pvq"]
    items: dict[str, list[tuple[int, float]]] = {}
    for item, value, rho in zip(own["item_id"], own["dimension"], own["rho"], strict=True):
        items.setdefault(item, []).append((place[value], rho))
    found = []
    for pairs in items.values():
        for (one, rho), (other, other_rho) in combinations(pairs, 2):
            if (rho * other_rho > 0) == (direction == "same"):
                found.append(min((one - other) % 10, (other - one) % 10))
    return np.array([*(found.count(steps) for steps in range(1, 6)), len(found), np.mean(found) if found else np.nan])


def alphas(path: str, steps: Mapping[str, "pd.Series[Any]"], complete: bool) -> pd.DataFrame:
    """Appendix F; ``steps`` hold alphas by value, over the archive's models where those are ``complete``."""
    printed = read_printed(path, "dimension")["alpha"]
    if not complete:
        names = [f"alpha of {value}" for value in printed.index]
        return absent("Appendix F", names, list(printed), "not in this run", NOT_RECORDED)
    numbers, tolerance = printed_numbers(list(printed), path)
    values = {cause: alpha.reindex(printed.index).to_numpy(float) for cause, alpha in steps.items()}
    return compare(
        "Appendix F",
        [f"alpha of {value}" for value in printed.index],
        numbers,
        tolerance,
        values,
        "estimate_reliability",
    )


def claims(path: str, table_8: str, steps: Frames, complete: bool) -> pd.DataFrame:
    """The abstract's three highest and lowest values: on average over the models, then model by model.

    Parameters
    ----------
    path : the abstract's claims; table_8 : the printed scores, against which each model's own three are held.
    steps : wide tables of value scores, recorded models only; an average needs all that the archive has (``complete``).
    """
    claimed = read_printed(path, "end")
    printed = read_printed(table_8, "model").astype(float)
    names = list(next(iter(steps.values()))["model"])
    scores = {cause: frame[VALUES].to_numpy(float) for cause, frame in steps.items()}
    rows = []
    for end, sign in (("highest", 1), ("lowest", -1)):
        if complete:
            claim = np.isin(VALUES, claimed.loc[end]).astype(float)
            means = {cause: sign * own.mean(axis=0) for cause, own in scores.items()}
            rows.append(_ends("Abstract", f"three {end} values, mean of {len(names)} models", claim, means))
        for model, own in zip(printed.index, sign * printed[VALUES].to_numpy(), strict=True):
            if model in names:
                ours = {cause: sign * values[names.index(model)] for cause, values in scores.items()}
                rows.append(_ends("Abstract, by Table 8", f"{model}: three {end} values", own, ours))
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def _ends(source: str, quantity: str, published: np.ndarray, steps: Mapping[str, np.ndarray]) -> dict[str, object]:
    """A row for the three values that stand highest; where printed numbers tie for the third place, any of them may."""
    third = np.sort(published)[-3]
    surely, possibly = (
        {VALUES[place] for place in np.flatnonzero(mask)} for mask in (published > third, published >= third)
    )
    found = {cause: {VALUES[place] for place in np.argsort(own)[-3:]} for cause, own in steps.items()}
    equal = [cause for cause, own in found.items() if surely <= own <= possibly]
    first, *later = found
    reached = equal[0] if equal else [first, *later][-1]
    changed = [cause for before, cause in zip([first, *later], later, strict=False) if found[cause] != found[before]]
    return {
        "source": source,
        "quantity": quantity,
        "published": _listed(possibly),
        "ours": _listed(found[first]),
        "ours_with_causes": _listed(found[reached]),
        "status": "differs" if not equal else "match" if reached == first else "explained",
        "cause": "; ".join(changed[: changed.index(reached) + 1]) if equal and reached != first else "",
        "evidence": "",
        "made_by": "score_models",
    }


def _listed(values: set[str]) -> str:
    return ", ".join(value for value in VALUES if value in values)


def counts(
    path: str, survey: pd.DataFrame, participants: int, steps: Frames, threshold: float, max_p: float
) -> pd.DataFrame:
    """The counts in the text; ``participants`` is how many people the archive has a profile of, pilots included."""
    printed = read_printed(path, "quantity")["printed"]
    families = {"value tags": "pvq", "trait tags": "bfi"}
    rows = []
    for quantity, text in printed.items():
        family = families.get(str(quantity)[:10])
        numbers, tolerance = printed_numbers([text], path)
        if family:
            values = {
                cause: np.array([(select_items(frame, threshold, max_p, "both")["family"] == family).sum()])
                for cause, frame in steps.items()
            }
            rows.append(compare("Text", [str(quantity)], numbers, tolerance, values, "correlate_items"))
        elif quantity == "mean raters per item":
            mean = np.array([len(survey) / survey["item_id"].nunique()])
            values = {"": mean, WHOLE_RATERS: np.floor(mean)}
            rows.append(compare("Text", [str(quantity)], numbers, tolerance, values, "prepare_survey"))
        elif quantity == "participants":
            why = f"the archive holds {participants} people, pilots included"
            rows.append(absent("Text", [str(quantity)], [numbers[0]], "not in the archive", why))
        else:
            rows.append(absent("Text", [str(quantity)], [numbers[0]], "needs microdata", MICRODATA))
    return pd.concat(rows)


def query_funnel(path: str, item_table: pd.DataFrame) -> pd.DataFrame:
    """Appendix D.1: the archive holds the queries of the last stage alone."""
    printed = read_printed(path, "stage")
    last = printed.index[-1]
    queries = item_table.drop_duplicates("query_id")["source"].value_counts().rename(lambda name: name.replace(" ", ""))
    numbers, tolerance = printed_numbers(list(printed.loc[last]), path)
    rows = [
        compare(
            "Appendix D.1",
            _names(last, printed.columns),
            numbers,
            tolerance,
            {"": queries.reindex(printed.columns).to_numpy(float)},
            "prepare_items",
        )
    ]
    for stage in printed.index[:-1]:
        why = "the archive holds the queries that were left, not those before"
        names = _names(stage, printed.columns)
        rows.append(absent("Appendix D.1", names, list(printed.loc[stage]), "not in the archive", why))
    return pd.concat(rows)


def waiting(printed: Mapping[str, str]) -> pd.DataFrame:
    """The printed tables that no published answer stands behind, with the command that would produce each."""
    live = "a row of config/models.tsv with answers = live, {}; then make estimate, make paper"
    personas = "conditions = {}".format
    return pd.concat(
        [
            _without_answers(
                "Table 12",
                printed["open_weight_scores"],
                ["model"],
                "needs live answers",
                live.format("a server of the model"),
            ),
            _without_answers(
                "Tables 13 to 16, people", printed["people"], ["axis", "group"], "needs microdata", MICRODATA
            ),
            _without_answers(
                "Tables 13 to 19, personas",
                printed["personas"],
                ["axis", "group"],
                "needs live answers",
                live.format(personas("baseline;personas")),
            ),
            _without_answers(
                "Table 17",
                printed["steering"],
                ["steered"],
                "needs live answers",
                live.format(personas("baseline;steering")),
            ),
        ]
    )


def tabulated_distances(correlations_: pd.DataFrame, threshold: float) -> np.ndarray:
    """Appendix D.2 by the way that the publication's own table goes, in the order of ``cross_loading``."""
    table = coverage.cross_loading_distances(publication.two_sided_tags(correlations_, threshold))
    numbers = []
    for direction in ("same", "opposite"):
        pairs = table.loc[table["direction"] == direction, "n_pairs"]
        numbers += [*pairs, pairs.sum(), coverage.mean_distance(table, direction)]
    return np.array(numbers, float)


def _without_answers(source: str, path: str, labels: Sequence[str], status: str, evidence: str) -> pd.DataFrame:
    """Every number of a printed table that this run has nothing to hold against, with what it would take."""
    table = read_printed(path, labels[0]).set_index(list(labels[1:]), append=True)
    rows = [": ".join(row) if isinstance(row, tuple) else row for row in table.index]
    names = [name for row in rows for name in _names(row, table.columns)]
    return absent(source, names, list(table.to_numpy().ravel()), status, evidence)


def _names(row: str, columns: Sequence[str] | pd.Index) -> list[str]:
    return [f"{row}: {column}" for column in columns]


def _indexed(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    return frame.astype(dict.fromkeys(key, str)).set_index(key)
