"""How well people's values, their items and their tags lie on the instrument's circle."""

from collections.abc import Mapping
from typing import Any

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.items.validation import drop_repeated_participants, survey_blocks
from value_portrait.job import job
from value_portrait.robustness import on_circle
from value_portrait.tables import read_table, write_table


def place_people(
    inputs: Mapping[str, str], circle: str, choices: Mapping[str, Any], draws: int, seed: int, instrument: Instrument
) -> None:
    """Write the rows of the table ``CIRCLE`` that rest on people alone; ``choices`` are the config's of the items."""
    names = ("survey", "participants", "correlations", "item_key")
    survey, participants, correlations, key = (read_table(inputs[name], name, instrument).to_pandas() for name in names)
    if choices["repeated_participants"] == "drop":
        survey = drop_repeated_participants(survey)
    rule = (choices["method"], choices["threshold"], choices["polarity"])
    blocks = survey_blocks(survey, participants)
    table = on_circle.place_people(blocks, correlations, participants, key, rule, draws, seed, instrument)
    write_table(table, circle, on_circle.CIRCLE)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        place_people(
            dict(snakemake.input.items()),
            snakemake.output.circle,
            snakemake.params.choices,
            snakemake.params.draws,
            snakemake.params.seed,
            as_instrument(snakemake.params.instrument),
        )
