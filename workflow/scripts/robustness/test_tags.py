"""What the tags are worth, on the raters alone: tags by chance, dilution, replication, validity."""

import logging
from collections.abc import Mapping

import pandas as pd
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.items.validation import drop_repeated_participants
from value_portrait.job import job
from value_portrait.robustness.chance import TAGS_BY_CHANCE, tags_by_chance
from value_portrait.robustness.dilution import DILUTION, estimate_dilution
from value_portrait.robustness.replication import REPLICATION, replicate_tags
from value_portrait.robustness.resampling import TagRule, survey_groups
from value_portrait.robustness.validity import FOLDS, VALIDITY, validate_key
from value_portrait.tables import read_table, write_table

# Splits share raters, so that their mean settles with far fewer of them than permutations need.
DRAWS_PER_SPLIT = 10


def test_tags(
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
    repeated_participants: str,
    rule: TagRule,
    centring: str,
    resamples: int,
    seed: int,
    instrument: Instrument,
) -> None:
    """Write the tables ``TAGS_BY_CHANCE``, ``DILUTION``, ``REPLICATION`` and ``VALIDITY``."""
    survey = read_table(inputs["survey"], "survey", instrument).to_pandas()
    people = read_table(inputs["participants"], "participants", instrument).to_pandas()
    if repeated_participants == "drop":
        survey = drop_repeated_participants(survey)
    groups = survey_groups(survey, people, instrument)
    splits = max(resamples // DRAWS_PER_SPLIT, 1)
    repetitions = max(splits // FOLDS, 1)
    chance = tags_by_chance(groups, rule, resamples, seed, instrument)
    dilution = estimate_dilution(groups, rule, instrument)
    replication = replicate_tags(groups, rule, splits, seed, instrument)
    validity = validate_key(groups, rule, centring, repetitions, seed, instrument)
    warn_of_nulls("tags", chance[chance["tests"] == 0])
    warn_of_nulls("replication", replication[replication["rho_other"].isna()])
    warn_of_nulls("dilution", dilution[dilution["log_se"].isna()].rename(columns={"family": "dimension"}))
    warn_of_nulls("validity", validity[validity["r"].isna() & (validity["key"] == "raters")])
    write_table(chance, outputs["chance"], TAGS_BY_CHANCE)
    write_table(dilution, outputs["dilution"], DILUTION)
    write_table(replication, outputs["replication"], REPLICATION)
    write_table(validity, outputs["validity"], VALIDITY)


def warn_of_nulls(what: str, rows: pd.DataFrame) -> None:
    """One line in the log for what could not be estimated."""
    if names := list(dict.fromkeys(rows["dimension"].dropna())):
        logging.warning("No %s: too few raters, no tags, or nothing that varies for %s.", what, ", ".join(names))


if "snakemake" in globals():
    with job(snakemake.log[0]):
        test_tags(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.repeated_participants,
            TagRule(**snakemake.params.rule),
            snakemake.params.centring,
            snakemake.params.resamples,
            snakemake.params.seed,
            as_instrument(snakemake.params.instrument),
        )
