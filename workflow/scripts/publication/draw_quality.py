"""Figures of the quality of the data: reliability, sensitivity to the prompt, answers that are not plain."""

from collections.abc import Iterable, Mapping

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication import figures_items, figures_models
from value_portrait.publication.drawing import save_figures
from value_portrait.tables import read_table, sensitivity_schema


def draw_quality(inputs: Mapping[str, str], mark: str, outputs: Iterable[str], instrument: Instrument) -> None:
    """Draw the quality at baseline."""
    coefficients = read_table(inputs["reliability"], "reliability", instrument).to_pandas()
    moves = read_table(inputs["sensitivity"], sensitivity_schema((), instrument)).to_pandas()
    counts = read_table(inputs["answer_counts"], "answer_counts", instrument).to_pandas()
    moves, counts = (table.query("condition == 'baseline'") for table in (moves, counts))
    drawings = {
        "reliability": lambda: figures_items.reliability(coefficients, instrument),
        "sensitivity": lambda: figures_models.sensitivity(moves),
        "answer_kinds": lambda: figures_models.answer_kinds(counts),
    }
    save_figures(drawings, outputs, mark)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        draw_quality(
            dict(snakemake.input.items()),
            snakemake.params.mark,
            snakemake.output,
            as_instrument(snakemake.params.instrument),
        )
