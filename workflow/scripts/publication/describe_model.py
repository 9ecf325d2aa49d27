"""One model's page and figure."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.publication.one_model import describe_model, profile_beside_others
from value_portrait.publication.saving import save_figure
from value_portrait.robustness.comparison_tables import PAIRS, RANKS
from value_portrait.robustness.uncertainty import UNCERTAINTY
from value_portrait.tables import read_table

SIMULATED = "\n**Simulated**: people, items or models are made up.\n"


def write_page(
    model: str, inputs: Mapping[str, str], asked: Iterable[str], page: str, mark: str, instrument: Instrument
) -> None:
    """Write the page as Markdown, and the figure beside it; ``asked`` are the summaries of a live model."""
    schemas = {"uncertainty": UNCERTAINTY, "pairs": PAIRS, "ranks": RANKS}
    tables = {name: read_table(inputs[name], schema).to_pandas() for name, schema in schemas.items()}
    tables["answer_counts"] = read_table(inputs["answer_counts"], "answer_counts", instrument).to_pandas()
    text = describe_model(model, tables, [orjson.loads(Path(path).read_bytes()) for path in asked], instrument)
    head, _, rest = text.partition("\n")
    notes = (SIMULATED if "simulated" in mark else "") + (f"\n*{mark}*\n" if "panel" in mark else "")
    shown = f"\n![scores of the model beside those of all others]({Path(page).stem}.png)\n"
    with written_whole(page) as partial:
        partial.write_text(head + "\n" + notes + shown + rest, encoding="utf-8")
    baseline = tables["uncertainty"].query("condition == 'baseline'")
    save_figure(profile_beside_others(model, baseline, instrument), Path(page).with_suffix(""), mark)


if "snakemake" in globals():
    given, params = snakemake.input, snakemake.params
    with job(snakemake.log[0]):
        names = ("uncertainty", "pairs", "ranks", "answer_counts")
        write_page(
            params.model,
            {name: given[name] for name in names},
            given.asked,
            snakemake.output.page,
            params.mark,
            as_instrument(params.instrument),
        )
