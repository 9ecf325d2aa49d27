"""The printed tables that nothing in the archive stands behind, beside ours where a run has such data."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from value_portrait.paper.certifying.printed import cell_names, printed_numbers
from value_portrait.paper.certifying.rows import absent, beside
from value_portrait.paper.certifying.stated import CENTRING
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.responses.conditions import STEERING
from value_portrait.scores.profiles import profile_models
from value_portrait.scores.ratings import Ratings

MICRODATA = "the European Social Survey's microdata in data/raw/ess/ (data/raw/README.md)"


def new_data(
    printed: Mapping[str, pd.DataFrame],
    others: Ratings,
    key: pd.DataFrame,
    effects: pd.DataFrame,
    people: pd.DataFrame,
) -> pd.DataFrame:
    """Tables 12 to 19.

    Parameters
    ----------
    printed : as by ``read_printed``, by the names of ``PRINTED``.
    others : models of Table 12 that were asked in this run; key : table ``item_key``.
    effects : table ``persona_effects``; those of a GPT-4o under the default framing count.
    people : table ``people``; those from microdata count.
    """
    open_weight = pd.DataFrame()
    if others.subjects:
        open_weight = profile_models(others, key, CENTRING, VALUE_PORTRAIT).query("family == 'pvq'")
    ask = (
        "a row of config/models.tsv with answers = live, provider and model_id of {}, conditions = {}; the cost by "
        "make estimate; responses.max_usd above it; then make paper"
    ).format
    asked = effects[
        (effects["source"] == "answers") & (effects["framing"] == "default") & effects["model"].str.startswith("gpt-4o")
    ]
    found = people[people["source"] == "ess_microdata"]
    found = found.assign(who="weighting " + found["weighting"].astype(str))
    live = "needs live answers"
    group = ["axis", "group"]
    return pd.concat(
        [
            _beside_data(
                "Table 12",
                printed["open_weight_scores"],
                _by_cell(open_weight, None, ["model"], "centred_mean"),
                "score_models",
                (live, ask("a server of the model", "baseline")),
            ),
            _beside_data(
                "Tables 13 to 16, people",
                printed["people"],
                _by_cell(found, "who", group, "human_effect"),
                "compare_respondents",
                ("needs microdata", MICRODATA),
            ),
            _beside_data(
                "Tables 13 to 19, personas",
                printed["personas"],
                _by_cell(asked, "model", group, "effect"),
                "estimate_personas",
                (live, ask("GPT-4o", "baseline;personas")),
            ),
            _beside_data(
                "Table 17",
                printed["steering"],
                _by_cell(asked[asked["axis"] == STEERING], "model", ["group"], "effect"),
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
    table: pd.DataFrame,
    ours: Mapping[str, Mapping[str, float]],
    made_by: str,
    without: tuple[str, str],
) -> pd.DataFrame:
    """Every number of a printed table beside each of ``ours``; ``without`` (status, evidence) where there is none."""
    names = cell_names(table)
    numbers, _ = printed_numbers(list(table.to_numpy().ravel()))
    parts, known = [], set()
    for who, cells in ours.items():
        have = [place for place, name in enumerate(names) if name in cells]
        known.update(have)
        own = np.array([cells[names[place]] for place in have])
        parts.append(beside(source, [names[place] + who for place in have], numbers[have], own, made_by))
    missing = [place for place in range(len(names)) if place not in known]
    parts.append(absent(source, [names[place] for place in missing], list(numbers[missing]), *without))
    return pd.concat(parts)
