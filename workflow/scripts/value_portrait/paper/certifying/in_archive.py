"""What the archive's own result files state, beside ours: correlations, tags and scores.

A value that changes with the causes comes as ``steps``: by cause, the value with it and all causes before it applied;
the first is what the default configuration gives.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from value_portrait.paper.certifying.rows import absent, compare
from value_portrait.paper.certifying.stated import ARITHMETIC, SAME_RANKS, TAG
from value_portrait.publication import printed_tables as publication

Frames = Mapping[str, pd.DataFrame]

NOT_RECORDED = "this run does not hold the archive's answers of all these models"

_CELL = ["model", "family", "dimension"]
_MEASURES = {"mean": "mean", "centred_mean": "centred_mean", "sd": "sd", "n": "n_items"}


def correlations(published: pd.DataFrame, steps: Frames) -> pd.DataFrame:
    """Every correlation that either side has, and its p-value; frames like the table ``correlations``."""
    return _either_side(
        "archive: correlation_results",
        {measure: f"{measure} of {{}} with {{}} {{}}" for measure in ("rho", "p")},
        published,
        steps,
    )


def tags(published: pd.DataFrame, steps: Frames, threshold: float) -> pd.DataFrame:
    """Every tag of the archive, by the correlation that it carries, and every tag that only our correlations give.

    Parameters
    ----------
    published : columns item_id, family, dimension and rho.
    """
    ours = {cause: publication.two_sided_tags(frame, threshold) for cause, frame in steps.items()}
    return _either_side("archive: Phase1_total", {"rho": "tag {} {} {}"}, published, ours)


def _either_side(source: str, measures: Mapping[str, str], published: pd.DataFrame, steps: Frames) -> pd.DataFrame:
    """Rows of each measure, named by its pattern, for whatever the archive or we have of an item and dimension."""
    theirs, ours = _indexed(published, TAG), {cause: _indexed(frame, TAG) for cause, frame in steps.items()}
    index = theirs.index
    for frame in ours.values():
        if not frame.index.equals(index):
            index = index.union(frame.index, sort=False)
    return pd.concat(
        [
            compare(
                source,
                [name.format(*tag) for tag in index],
                theirs[measure].reindex(index).to_numpy(),
                SAME_RANKS,
                {cause: frame[measure].reindex(index).to_numpy() for cause, frame in ours.items()},
                "correlate_items",
            )
            for measure, name in measures.items()
        ]
    )


def score_files(
    published: pd.DataFrame, steps: Frames, recorded: Sequence[str], archived: Sequence[str]
) -> pd.DataFrame:
    """The archive's score files: mean, centred mean, SD and number of items of every model and dimension.

    Parameters
    ----------
    published : columns model, family, dimension, n, mean, centred_mean and sd.
    steps : tables ``profiles`` of the baseline.
    """
    theirs, ours = _indexed(published, _CELL), {cause: _indexed(frame, _CELL) for cause, frame in steps.items()}
    index = theirs.index[theirs.index.isin(recorded, level="model")]
    index = index.union(next(iter(ours.values())).index, sort=False)
    rows = [
        compare(
            "archive: score_results",
            [f"{model}: {measure} of {family} {dimension}" for model, family, dimension in index],
            theirs[measure].reindex(index).to_numpy(float),
            ARITHMETIC,
            {cause: frame[column].reindex(index).to_numpy(float) for cause, frame in ours.items()},
            "score_models",
        )
        for measure, column in _MEASURES.items()
    ]
    for model, own in published[~published["model"].isin(recorded)].groupby("model"):
        names = [
            f"{model}: {measure} of {row.family} {row.dimension}" for measure in _MEASURES for row in own.itertuples()
        ]
        numbers = [number for measure in _MEASURES for number in own[measure]]
        verdict = (
            ("not in this run", NOT_RECORDED)
            if model in archived
            else ("not in the archive", "no answers of this model")
        )
        rows.append(absent("archive: score_results", names, numbers, *verdict))
    return pd.concat(rows)


def _indexed(frame: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    return frame.astype(dict.fromkeys(key, str)).set_index(key)
