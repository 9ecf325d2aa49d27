"""What is compared, source by source: each function gives the rows of one table of the paper or file of the archive.

A value that changes with the causes comes as ``steps``: by cause, the value with it and all causes before it applied;
the first is what the default configuration gives.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from value_portrait.dimensions import STEERING
from value_portrait.errors import InputError
from value_portrait.items import coverage
from value_portrait.items.validation import select_items
from value_portrait.paper.certifying.paper import ALL_MODELS, TAG, WHOLE_RATERS
from value_portrait.paper.certifying.printed import ARITHMETIC, printed_numbers, read_printed
from value_portrait.paper.certifying.rows import COLUMNS, absent, beside, compare
from value_portrait.publication import findings as publication
from value_portrait.publication.comparisons import VALUES
from value_portrait.shipped import VALUE_PORTRAIT

Frames = Mapping[str, pd.DataFrame]

MICRODATA = "the European Social Survey's microdata in data/raw/ess/ (data/raw/README.md)"

NOT_RECORDED = "this run does not hold the archive's answers of all these models"

_PAIR = ["family", "dimension"]
# Correlations are equal when they come from the same numbers by the same formula; binary arithmetic leaves this much.
_CORRELATION_TOLERANCE = 1e-12


def correlations(published: pd.DataFrame, steps: Frames) -> pd.DataFrame:
    """Every published correlation and its p-value; frames like the table ``correlations``."""
    index = pd.MultiIndex.from_frame(published[TAG].astype(str))
    aligned = {cause: _indexed(frame, TAG).reindex(index) for cause, frame in steps.items()}
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
    ours = {cause: _indexed(publication.two_sided_tags(frame, threshold), TAG) for cause, frame in steps.items()}
    theirs = _indexed(published, TAG)
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
        shares = coverage.items_per_dimension(
            publication.two_sided_tags(frame, threshold), VALUE_PORTRAIT.main
        ).set_index("dimension")["share"]
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
    """Appendix D.2: pairs of tags of one item by their steps on the value circle, their number and mean."""
    printed = read_printed(path, "direction")
    rows = []
    counted = {cause: distances(frame, threshold).reshape(2, -1) for cause, frame in steps.items()}
    for place, (direction, cells) in enumerate(printed.iterrows()):
        stated = (cells != "").to_numpy()
        numbers, tolerance = printed_numbers(list(cells[stated]), path)
        values = {cause: own[place][stated] for cause, own in counted.items()}
        names = _names(f"{direction} direction", cells.index[stated])
        rows.append(compare("Appendix D.2", names, numbers, tolerance, values, "write_tables"))
    return pd.concat(rows)


def distances(correlations_: pd.DataFrame, threshold: float) -> np.ndarray:
    """Appendix D.2 from signs: same direction, then opposite, each with pairs at 1 to 5 steps, their sum and mean.

    With s the (items x values) matrix of the signs of correlations beyond the threshold, s's and |s|'|s| hold the sum
    and the number of the products of signs for each pair of values.
    """
    own = correlations_[correlations_["family"] == "pvq"].astype({"item_id": str, "dimension": str})
    wide = own.pivot(index="item_id", columns="dimension", values="rho").reindex(columns=VALUES).to_numpy()
    signs = np.where(np.abs(wide) > threshold, np.sign(wide), 0)
    balance, number = signs.T @ signs, np.abs(signs).T @ np.abs(signs)
    gap = np.abs(np.subtract.outer(np.arange(len(VALUES)), np.arange(len(VALUES))))
    steps = np.minimum(gap, len(VALUES) - gap)
    numbers: list[float] = []
    for pairs in ((number + balance) / 2, (number - balance) / 2):
        found = np.array([pairs[steps == step].sum() / 2 for step in range(1, 6)])
        total = found.sum()
        numbers += [*found, total, found @ np.arange(1, 6) / total if total else np.nan]
    return np.array(numbers)


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


def order_of_values(path: str, steps: Frames) -> pd.DataFrame:
    """Which three values stand highest and lowest in each printed row of Table 8, and in ours.

    Parameters
    ----------
    steps : wide tables of value scores, recorded models only.
    """
    printed = read_printed(path, "model").astype(float)
    names = list(next(iter(steps.values()))["model"])
    scores = {cause: frame[VALUES].to_numpy(float) for cause, frame in steps.items()}
    rows = []
    for end, sign in (("highest", 1), ("lowest", -1)):
        for model, own in zip(printed.index, sign * printed[VALUES].to_numpy(), strict=True):
            if model in names:
                ours = {cause: sign * values[names.index(model)] for cause, values in scores.items()}
                rows.append(_ends("Table 8, order of values", f"{model}: three {end} values", own, ours))
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def claims(
    path: str, of_table_8: Sequence[str], ours: pd.DataFrame, explained: pd.DataFrame, complete: bool
) -> pd.DataFrame:
    """The abstract's three highest and lowest values, in the mean over the models of Table 8, then over all.

    Parameters
    ----------
    ours, explained : wide tables of value scores, without and with the causes applied.
    complete : whether they hold all models of the archive; an average over others says nothing about the claim.
    """
    claimed = read_printed(path, "end")
    if unknown := sorted(set(claimed.to_numpy().ravel()) - set(VALUES)):
        raise InputError(path, f"{unknown[0]!r} is no value.", "Correct the cell; the paper has it.")
    if not complete:
        names = [f"three {end} values" for end in claimed.index]
        return absent(
            "Abstract", names, [_listed(set(row)) for row in claimed.to_numpy()], "not in this run", NOT_RECORDED
        )
    rows = []
    chosen = ours["model"].isin(of_table_8)
    for end, sign in (("highest", 1), ("lowest", -1)):
        means = {
            "": sign * ours.loc[chosen, VALUES].to_numpy(float).mean(axis=0),
            ALL_MODELS: sign * explained[VALUES].to_numpy(float).mean(axis=0),
        }
        claim = np.isin(VALUES, claimed.loc[end]).astype(float)
        rows.append(_ends("Abstract", f"three {end} values, mean of the models", claim, means))
    return pd.DataFrame(rows).reindex(columns=list(COLUMNS))


def _ends(source: str, quantity: str, published: np.ndarray, steps: Mapping[str, np.ndarray]) -> dict[str, object]:
    """A row for the three values that stand highest; printed numbers that tie for the third place may each be it."""
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
        family = next((own for name, own in families.items() if str(quantity).startswith(name)), None)
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
            rows.append(compare("Text", [str(quantity)], numbers, tolerance, values, "import_archive"))
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
            "import_archive",
        )
    ]
    for stage in printed.index[:-1]:
        why = "the archive holds the queries that were left, not those before"
        names = _names(stage, printed.columns)
        rows.append(absent("Appendix D.1", names, list(printed.loc[stage]), "not in the archive", why))
    return pd.concat(rows)


def new_data(
    printed: Mapping[str, str], open_weight: pd.DataFrame, effects: pd.DataFrame, people: pd.DataFrame
) -> pd.DataFrame:
    """The printed tables that nothing in the archive stands behind: beside ours where this run has such data.

    Parameters
    ----------
    open_weight : columns model, dimension and centred_mean of models asked in this run.
    effects : table ``persona_effects``; those of a GPT-4o under the default framing count.
    people : table ``people``; those from microdata count.
    """
    ask = (
        "a row of config/models.tsv with answers = live, provider and model_id of {}, conditions = {}; the cost by "
        "make estimate; responses.max_usd above it; then make paper"
    ).format
    asked = effects[
        (effects["source"] == "answers") & (effects["framing"] == "default") & effects["model"].str.startswith("gpt-4o")
    ]
    steered = asked[asked["axis"] == STEERING]
    found = people[people["source"] == "ess_microdata"]
    found = found.assign(who="weighting " + found["weighting"].astype(str))
    live = "needs live answers"
    return pd.concat(
        [
            _beside_data(
                "Table 12",
                printed["open_weight_scores"],
                ["model"],
                _by_cell(open_weight, None, ["model"], "centred_mean"),
                "score_models",
                (live, ask("a server of the model", "baseline")),
            ),
            _beside_data(
                "Tables 13 to 16, people",
                printed["people"],
                ["axis", "group"],
                _by_cell(found, "who", ["axis", "group"], "human_effect"),
                "compare_respondents",
                ("needs microdata", MICRODATA),
            ),
            _beside_data(
                "Tables 13 to 19, personas",
                printed["personas"],
                ["axis", "group"],
                _by_cell(asked, "model", ["axis", "group"], "effect"),
                "estimate_personas",
                (live, ask("GPT-4o", "baseline;personas")),
            ),
            _beside_data(
                "Table 17",
                printed["steering"],
                ["steered"],
                _by_cell(steered, "model", ["group"], "effect"),
                "estimate_personas",
                (live, ask("GPT-4o", "baseline;steering")),
            ),
        ]
    )


def _by_cell(frame: pd.DataFrame, who: str | None, labels: list[str], value: str) -> dict[str, dict[str, float]]:
    """Numbers by whose they are, then by the name of their cell: the labels of its row and its column."""
    cells: dict[str, dict[str, float]] = {}
    for row in frame.to_dict("records"):
        name = ": ".join(str(row[label]) for label in [*labels, "dimension"])
        cells.setdefault(f" ({row[who]})" if who else "", {})[name] = float(row[value])
    return cells


def _beside_data(
    source: str,
    path: str,
    labels: Sequence[str],
    ours: Mapping[str, Mapping[str, float]],
    made_by: str,
    without: tuple[str, str],
) -> pd.DataFrame:
    """Every number of a printed table beside each of ``ours``; ``without`` (status, evidence) where there is none."""
    table = read_printed(path, labels[0]).set_index(list(labels[1:]), append=True)
    rows = [": ".join(row) if isinstance(row, tuple) else row for row in table.index]
    names = [name for row in rows for name in _names(row, table.columns)]
    numbers, _ = printed_numbers(list(table.to_numpy().ravel()), path)
    parts, known = [], set()
    for who, cells in ours.items():
        have = [place for place, name in enumerate(names) if name in cells]
        known.update(have)
        own = np.array([cells[names[place]] for place in have])
        parts.append(beside(source, [names[place] + who for place in have], numbers[have], own, made_by))
    missing = [place for place in range(len(names)) if place not in known]
    parts.append(absent(source, [names[place] for place in missing], list(numbers[missing]), *without))
    return pd.concat(parts)


def tabulated_distances(correlations_: pd.DataFrame, threshold: float) -> np.ndarray:
    """Appendix D.2 by the way that the publication's own table goes, in the order of ``cross_loading``."""
    table = coverage.cross_loading_distances(publication.two_sided_tags(correlations_, threshold), VALUE_PORTRAIT.main)
    numbers = []
    for direction in ("same", "opposite"):
        pairs = table.loc[table["direction"] == direction, "n_pairs"]
        numbers += [*pairs, pairs.sum(), coverage.mean_distance(table, direction)]
    return np.array(numbers, float)


def _names(row: str, columns: Sequence[str] | pd.Index) -> list[str]:
    return [f"{row}: {column}" for column in columns]


def _indexed(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    return frame.astype(dict.fromkeys(key, str)).set_index(key)
