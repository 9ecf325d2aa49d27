"""Whether the pipeline finds again what the simulated study planted: tags of items, profiles of models."""

from collections.abc import Sequence

from value_portrait.files import read_json, written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.simulation.models import PlantedModel
from value_portrait.simulation.people_and_items import loading_matrix, loadings_schema
from value_portrait.simulation.recovery import (
    RECOVERY_PROFILES,
    RECOVERY_SCORES,
    RECOVERY_TAGS,
    assess_profiles,
    assess_tags,
    compare_scores,
    describe_recovery,
)
from value_portrait.tables import read_table, write_table


def assess_recovery(
    items: str,
    loadings: str,
    models: Sequence[str],
    item_key: str,
    profiles: str,
    centring: str,
    recovery_tags: str,
    recovery_profiles: str,
    recovery_scores: str,
    description: str,
    instrument: Instrument,
) -> None:
    """Write the three tables of module ``recovery`` and a description; ``models`` are the files of planted models."""
    ids = read_table(items, "items", instrument, columns=["item_id"])["item_id"].to_pylist()
    planted, difficulty = loading_matrix(read_table(loadings, loadings_schema(instrument)), ids, instrument)
    key = read_table(item_key, "item_key", instrument).to_pandas()
    names = ["model", "condition", "family", "dimension", "centred_mean"]
    recovered = read_table(profiles, "profiles", instrument, columns=names).to_pandas()
    truth = [PlantedModel(**read_json(path)) for path in models]
    scores = compare_scores(truth, planted, difficulty, recovered, centring, instrument)
    tags, profile_errors = assess_tags(planted, ids, key, instrument), assess_profiles(scores)
    write_table(scores, recovery_scores, RECOVERY_SCORES)
    write_table(tags, recovery_tags, RECOVERY_TAGS)
    write_table(profile_errors, recovery_profiles, RECOVERY_PROFILES)
    with written_whole(description) as partial:
        partial.write_text(describe_recovery(tags, profile_errors, instrument), encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        assess_recovery(
            snakemake.input.item_table,
            snakemake.input.loadings,
            snakemake.input.models,
            snakemake.input.item_key,
            snakemake.input.profiles,
            snakemake.params.centring,
            snakemake.output.recovery_tags,
            snakemake.output.recovery_profiles,
            snakemake.output.recovery_scores,
            snakemake.output.description,
            as_instrument(snakemake.params.instrument),
        )
