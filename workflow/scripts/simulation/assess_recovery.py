"""Whether the pipeline finds again what the simulated study planted: tags of items, profiles of models."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication.printing import write_printed
from value_portrait.reading import read_json
from value_portrait.robustness.uncertainty import UNCERTAINTY
from value_portrait.simulation.loadings import loading_matrix, loadings_schema
from value_portrait.simulation.models import PlantedModel
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
    inputs: Mapping[str, Any], outputs: Mapping[str, Any], centring: str, setting: str, instrument: Instrument
) -> None:
    """Write the three tables of module ``recovery``, those that people read among them, and a description.

    Files go by the rule's names. The input ``models`` is a list: the files of planted models; so is the output
    ``for_people``.
    """
    ids = read_table(inputs["item_table"], "items", instrument, columns=["item_id"])["item_id"].to_pylist()
    planted, _ = loading_matrix(read_table(inputs["loadings"], loadings_schema(instrument)), ids, instrument)
    key = read_table(inputs["item_key"], "item_key", instrument).to_pandas()
    names = ["model", "condition", "family", "dimension", "centred_mean"]
    recovered = read_table(inputs["profiles"], "profiles", instrument, columns=names).to_pandas()
    uncertainty = read_table(inputs["uncertainty"], UNCERTAINTY).to_pandas()
    truth = [PlantedModel(**read_json(path)) for path in inputs["models"]]
    scores = compare_scores(truth, planted, recovered, uncertainty, centring, instrument)
    tags, profile_errors = assess_tags(planted, ids, key, instrument), assess_profiles(scores)
    write_table(scores, outputs["recovery_scores"], RECOVERY_SCORES)
    write_table(tags, outputs["recovery_tags"], RECOVERY_TAGS)
    write_table(profile_errors, outputs["recovery_profiles"], RECOVERY_PROFILES)
    for frame, path in zip((tags, profile_errors), outputs["for_people"], strict=True):
        write_printed(frame, Path(path), instrument)
    with written_whole(outputs["description"]) as partial:
        partial.write_text(describe_recovery(tags, profile_errors, scores, setting, instrument), encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        assess_recovery(
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
            snakemake.params.centring,
            snakemake.params.setting,
            as_instrument(snakemake.params.instrument),
        )
