"""The table ``plan``: how sure a study of some items, prompt versions and repeats would be, and what it would cost."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from value_portrait.instrument import Instrument
from value_portrait.items.panel import choose_panel
from value_portrait.responses.conditions import BASELINE
from value_portrait.responses.planning import Estimate, Questions, estimate
from value_portrait.responses.providers import Target
from value_portrait.responses.requests import Finding
from value_portrait.robustness.comparing import INFERENCES
from value_portrait.robustness.expecting import (
    Design,
    Material,
    Score,
    degrees_of_freedom,
    errors_that_came,
    expected_errors,
    smallest_difference,
    study_models,
)
from value_portrait.robustness.precision import centre_items, version_grid
from value_portrait.scores.profiles import arrange_tags
from value_portrait.tables import COUNT, NUMBER, REPEATED_TEXT, TEXT, Column, Schema

# Items of each dimension in a panel, beside all.
PANELS = (5, 10, 20, 40)
REPEATS = (1, 2, 3, 5)


def _number(meaning: str) -> Column:
    return Column(NUMBER, meaning, low=0, nullable=True)


PLAN = Schema(
    ("model", "family", "dimension", "inference", "n_wordings", "n_orders", "panel", "n_repeats"),
    {
        "model": Column(REPEATED_TEXT, "live model, by its name in the table of models"),
        "family": Column(REPEATED_TEXT, "family of the dimension"),
        "dimension": Column(REPEATED_TEXT, "what is measured"),
        "inference": Column(REPEATED_TEXT, "these_items or items_like_these", texts=INFERENCES),
        "n_wordings": Column(COUNT, "wordings of the prompt", low=1),
        "n_orders": Column(COUNT, "orders of the options under each wording", low=1),
        "prompt_versions": Column(TEXT, "their names; null with a wording that is still to be written", nullable=True),
        "panel": Column(COUNT, "items of each dimension; null for all", low=1, nullable=True),
        "n_repeats": Column(COUNT, "answers to each question", low=1),
        "this_study": Column(COUNT, "1 for the study as the config has it", low=0, high=1),
        "n_items": Column(COUNT, "items of the dimension", low=0),
        "n_asked": Column(COUNT, "items that are asked in all", low=0),
        "answers_of": Column(REPEATED_TEXT, "whose answers the errors are told from: own or others", nullable=True),
        "standard_error": _number("expected standard error of the centred mean, in scale points"),
        "from_others": _number("the same from other models' answers alone, as it was expected before the model's own"),
        "came": _number("standard error that the model's answers have, by jackknife; of this study alone"),
        "difference": _number("smallest difference between two models that shows, in scale points"),
        "requests": Column(COUNT, "questions at baseline", low=0),
        "answered": Column(COUNT, "those that the store holds", low=0),
        "tokens_in": Column(COUNT, "tokens of the others", low=0),
        "tokens_out": Column(COUNT, "tokens of their answers", low=0),
        "usd": _number("what these cost; null where the price is unknown"),
    },
)


class Asked(NamedTuple):
    """A model to plan for: its name, its repeats, and whether they may be more.

    ``cost`` estimates versions, items and repeats: what of them the store lacks, or (False) all.
    """

    model: str
    repeats: int
    varies: bool
    cost: Callable[[Sequence[str], Sequence[str], int, bool], Estimate]


def to_ask(target: Target, finding: Finding, questions: Questions, store: str | Path) -> Asked:
    """A live model, and what its answers at baseline cost by the arithmetic of the estimate."""

    def cost(versions: Sequence[str], items: Sequence[str], repeats: int, stored: bool) -> Estimate:
        asked = replace(target, parameters=target.parameters.model_copy(update={"repeats": repeats}))
        wanted = set(items)
        chosen = Questions(
            [item for item in questions.items if item["item_id"] in wanted],
            [row for row in questions.prompts if row["prompt_version"] in versions],
        )
        # Of a condition that no row can have the store holds nothing.
        return estimate(asked, BASELINE if stored else "@", chosen.plan(asked, finding, None), store)

    return Asked(target.row.model, target.parameters.repeats, target.parameters.varies, cost)


def plan_table(asked: Sequence[Asked], material: Material, instrument: Instrument) -> pd.DataFrame:
    """The table ``PLAN``: every design for every model, dimension of the main family, and inference."""
    ratings, key = material.ratings, material.key
    grid = version_grid(ratings.versions, instrument)
    codes = np.unique(np.array(material.queries, str), return_inverse=True)[1]
    main = key[key["family"] == instrument.main.name]
    panels: dict[int | None, list[str]] = {
        size: choose_panel(key, ratings.items, material.queries, size, material.seed, instrument)
        for size in sorted({*PANELS, *([material.panel] if material.panel else [])})
        if size < main["dimension"].value_counts().max() or size == material.panel
    }
    panels[None] = list(ratings.items)
    tags = arrange_tags(key, ratings.items, instrument)
    centre = centre_items(instrument.main.name, tags, material.centring, len(ratings.items), instrument)
    scores = {
        name: Score(own, centre)
        for (family, name), own in zip(instrument.dimensions, tags, strict=True)
        if family == instrument.main.name
    }
    names = [model for model, _ in ratings.subjects]
    pooled = study_models(material, names, instrument)
    rows: list[dict[str, Any]] = []
    for own in asked:
        others = study_models(material, [name for name in names if name != own.model], instrument)
        mine = study_models(material, [name for name in names if name == own.model], instrument)
        came = errors_that_came(material, own.model, instrument)
        repeated = any(component.repeats for known in (pooled | mine).values() for component in known.study.components)
        repeats = sorted({own.repeats, *(REPEATS if repeated and own.varies else ())})
        # One wording more than there are, where what wordings do is known; of orders there are no more.
        wordings = range(1, len(grid) + (2 if len(grid) > 1 else 1))
        for w, orders, panel, r in product(wordings, range(1, grid.shape[1] + 1), panels, repeats):
            design = Design(w, orders, panel, r)
            items = panels[design.panel]
            inside = np.isin(ratings.items, items)
            versions = [ratings.versions[place] for place in grid[: design.wordings, : design.orders].ravel()]
            here = design == Design(len(grid), grid.shape[1], material.panel, own.repeats)
            about = {
                "model": own.model,
                "n_wordings": design.wordings,
                "n_orders": design.orders,
                "prompt_versions": " ".join(versions) if design.wordings <= len(grid) else None,
                "panel": design.panel,
                "n_repeats": design.repeats,
                "this_study": int(here),
                "n_asked": len(items),
                "answers_of": "own" if mine else "others" if others else None,
                **_cost(own, design, versions, items, max(design.wordings / len(grid), 1)),
            }
            for (dimension, score), inference in product(scores.items(), INFERENCES):
                own_error, expected, of_all = (
                    expected_errors(studies.get(dimension), score, inside, codes, design, inference)
                    for studies in (mine, others, pooled)
                )
                chosen = score.own.columns[inside[score.own.columns]]
                df = degrees_of_freedom(len(set(codes[chosen])), design, inference)
                rows.append(
                    about
                    | {
                        "family": instrument.main.name,
                        "dimension": dimension,
                        "inference": inference,
                        "n_items": len(chosen),
                        "standard_error": own_error[0] if mine else expected[0],
                        "from_others": expected[0],
                        "came": came.get(dimension) if here and inference == "items_like_these" else None,
                        "difference": smallest_difference(
                            of_all[1] if len(names) > 1 else np.nan, df, material.n_models, len(instrument.main.names)
                        ),
                    }
                )
    return pd.DataFrame(rows, columns=list(PLAN.columns)).astype({"panel": "Int32", "came": float, "usd": float})


def _cost(
    own: Asked, design: Design, versions: Sequence[str], items: Sequence[str], factor: float
) -> dict[str, float | None]:
    """What is asked and what it costs; a wording that is still to be written makes the ``factor`` exceed 1."""
    left = own.cost(versions, items, design.repeats, True)
    more = own.cost(versions, items, design.repeats, False) if factor > 1 else left
    usd = None if left.usd is None or more.usd is None else left.usd + more.usd * (factor - 1)
    return {
        "requests": round(left.requests * factor),
        "answered": left.answered,
        "tokens_in": round(left.tokens_in + more.tokens_in * (factor - 1)),
        "tokens_out": round(left.tokens_out + more.tokens_out * (factor - 1)),
        "usd": usd,
    }
