"""Groups of models against each other, models against people, and how pronounced profiles are."""

import pandas as pd
from value_portrait.configuration import Model, read_models
from value_portrait.job import job
from value_portrait.publication import comparisons
from value_portrait.tables import read_table, write_csv


def compare_models(
    profiles: str,
    as_seen: str,
    rater_profiles: str,
    participants: str,
    models: str,
    printed_scores: str,
    study: str,
    groups: str,
    spread: str,
    people: str,
    instruments: str,
) -> None:
    """Write the tables of comparisons; models known only by printed scores join those where size matters."""
    table = read_table(profiles, "profiles").to_pandas().query("condition == 'baseline'")
    rows = read_models(models, study)
    own = table[["model", "family", "dimension", "centred_mean"]]
    everyone = pd.concat([own, _printed(rows, printed_scores)])
    answered = [model for model in rows if model.answers != "printed"]
    compared = comparisons.compare_groups(own, answered)
    by_size = comparisons.compare_groups(everyone, rows)
    parts = [compared[compared["comparison"] != "size"], by_size[by_size["comparison"] == "size"]]
    write_csv(pd.concat(parts), groups)
    write_csv(comparisons.value_spread(everyone, rows), spread)
    raters = read_table(rater_profiles, "rater_profiles").to_pandas()
    seen = read_table(as_seen, "profiles_as_seen").to_pandas()
    write_csv(comparisons.compare_with_people(seen, raters), people)
    questionnaires = read_table(participants, "participants").to_pandas()
    write_csv(comparisons.distributions(seen, raters, questionnaires), instruments)


def _printed(models: list[Model], path: str) -> pd.DataFrame:
    """The printed scores of the models that have no others, one row per model and value."""
    names = [model.model for model in models if model.answers == "printed"]
    wide = pd.read_csv(path, comment="#", index_col="model").loc[names, comparisons.VALUES]
    long = wide.melt(ignore_index=False, var_name="dimension", value_name="centred_mean").reset_index()
    return long.assign(family="pvq")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        compare_models(
            snakemake.input.profiles,
            snakemake.input.as_seen,
            snakemake.input.rater_profiles,
            snakemake.input.participants,
            snakemake.input.models,
            snakemake.input.printed_scores,
            snakemake.params.study,
            **snakemake.output,
        )
