"""Item keys from shuffled raters, and with the rater's mean rating partialled out."""

from collections.abc import Mapping, Sequence
from typing import Any

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.items.validation import drop_repeated_participants, survey_blocks
from value_portrait.job import job
from value_portrait.robustness.null_keys import NULL_KEYS, draw_null_keys, partial_key
from value_portrait.tables import read_table, write_table


def make_other_keys(
    inputs: Mapping[str, str],
    null_keys: str,
    partial: str,
    choices: Mapping[str, Any],
    families: Sequence[str],
    draws: int,
    seed: int,
    instrument: Instrument,
) -> None:
    """Write the tables ``NULL_KEYS``, of these ``families``, and ``item_key`` by partial correlations.

    ``choices`` are the config's of the items.
    """
    survey, participants, key = (
        read_table(inputs[name], name, instrument).to_pandas() for name in ("survey", "participants", "item_key")
    )
    if choices["repeated_participants"] == "drop":
        survey = drop_repeated_participants(survey)
    blocks = survey_blocks(survey, participants)
    rule = {name: choices[name] for name in ("method", "polarity")}
    table = draw_null_keys(blocks, key, **rule, draws=draws, seed=seed, families=families, instrument=instrument)
    write_table(table, null_keys, NULL_KEYS)
    other = partial_key(blocks, **rule, threshold=choices["threshold"], max_p=choices["max_p"], instrument=instrument)
    write_table(other, partial, "item_key", instrument)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        make_other_keys(
            dict(snakemake.input.items()),
            snakemake.output.null_keys,
            snakemake.output.partial_key,
            snakemake.params.choices,
            snakemake.params.families,
            snakemake.params.draws,
            snakemake.params.seed,
            as_instrument(snakemake.params.instrument),
        )
