"""Figures of the models: profiles, sensitivity to the prompt, comparisons, and what the numbers are worth."""

from value_portrait.instrument import as_instrument
from value_portrait.job import job
from value_portrait.publication.drawings import drawings_of_models
from value_portrait.publication.saving import save_figures

if "snakemake" in globals():
    with job(snakemake.log[0]):
        drawings = drawings_of_models(
            dict(snakemake.input.items()),
            snakemake.params.models,
            snakemake.params.marks,
            snakemake.params.measures,
            as_instrument(snakemake.params.instrument),
        )
        save_figures(drawings, snakemake.output, snakemake.params.mark)
