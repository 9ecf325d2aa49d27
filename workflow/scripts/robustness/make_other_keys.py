"""Item keys from shuffled raters, and without the rater's mean rating; correlations for all keys of the multiverse."""

from collections.abc import Mapping
from typing import Any

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.items.validation import drop_repeated_participants, survey_blocks
from value_portrait.job import job
from value_portrait.robustness.multiverse import THRESHOLDS
from value_portrait.robustness.null_keys import NULL_KEYS, draw_null_keys, partial_key
from value_portrait.robustness.other_correlations import OTHER_CORRELATIONS, correlate_in_every_way
from value_portrait.tables import read_table, write_table


def make_other_keys(
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    choices: Mapping[str, Any],
    draws: int,
    seed: int,
    instrument: Instrument,
) -> None:
    """Write the tables ``NULL_KEYS``, ``item_key`` by partial correlations, and ``OTHER_CORRELATIONS``.

    ``choices`` are the config's of the items. Keys from shuffled raters are of the main family and the circle's.
    """
    survey, participants, key = (
        read_table(inputs[name], name, instrument).to_pandas() for name in ("survey", "participants", "item_key")
    )
    kept = drop_repeated_participants(survey) if choices["repeated_participants"] == "drop" else survey
    blocks = survey_blocks(kept, participants)
    families = [family.name for family in (instrument.main, instrument.circle) if family]
    rule = {name: choices[name] for name in ("method", "polarity")}
    table = draw_null_keys(blocks, key, **rule, draws=draws, seed=seed, families=families, instrument=instrument)
    write_table(table, outputs["null_keys"], NULL_KEYS)
    other = partial_key(blocks, **rule, threshold=choices["threshold"], max_p=choices["max_p"], instrument=instrument)
    write_table(other, outputs["partial_key"], "item_key", instrument)
    table = correlate_in_every_way(survey, participants, min(*THRESHOLDS, choices["threshold"]), instrument)
    write_table(table, outputs["other_correlations"], OTHER_CORRELATIONS)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        make_other_keys(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.choices,
            snakemake.params.draws,
            snakemake.params.seed,
            as_instrument(snakemake.params.instrument),
        )
