"""The reproduction certificate: every published number beside ours, every cause with its evidence, and its figure."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.paper.certifying import describing
from value_portrait.paper.certifying.alphas import alpha_by_two_routes
from value_portrait.paper.certifying.beside_print import write_beside_print
from value_portrait.paper.certifying.certificate import certify
from value_portrait.paper.certifying.counting import count_statuses
from value_portrait.paper.certifying.findings import findings_frame, read_findings
from value_portrait.paper.certifying.material import gather
from value_portrait.paper.figures import certificate as draw
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.publication.saving import save_figures
from value_portrait.scores.ratings import read_ratings
from value_portrait.tables import read_table, write_csv


def write_certificate(
    inputs: Mapping[str, Any],
    archive: Path,
    recorded: Sequence[str],
    archived: Mapping[str, str],
    observations: str,
    prompt_versions: list[str],
    outputs: Mapping[str, Any],
) -> None:
    """Write certificate, description, figure and the tables behind them; paths by the rule's names.

    ``recorded`` are the models with recorded answers, ``archived`` the files of answers to the first prompt version of
    all models of the archive.
    """
    material = gather(inputs, archive, recorded, archived)
    items = material.by_published.items
    rated = read_ratings(inputs["ratings"], "rating", prompt_versions, items, VALUE_PORTRAIT)
    alphas = alpha_by_two_routes(
        read_table(inputs["reliability"], "reliability", VALUE_PORTRAIT).to_pandas(),
        rated.under("baseline"),
        read_table(inputs["item_key"], "item_key", VALUE_PORTRAIT).to_pandas(),
        observations,
    )
    made = certify(material, [*read_findings(inputs["findings_on_correlations"]), alphas])
    rows, findings = map(describing.spelled, (made.rows, findings_frame(made.findings)))
    for name, table in made.tables.items():
        write_csv(table, outputs[name])
    write_csv(findings, outputs["findings"])
    write_beside_print(rows, outputs["beside_print"])
    write_csv(rows, outputs["certificate"])
    counts = count_statuses(rows)
    for name, text in {
        "description": describing.describe(rows, counts, findings),
        "verdict": describing.verdict(rows, counts, findings) + "\n",
        "differences": describing.complain(rows, counts, findings, outputs["certificate"]),
    }.items():
        with written_whole(outputs[name]) as partial:
            partial.write_text(text, encoding="utf-8")
    save_figures({"certificate": lambda: draw(rows, counts)}, outputs["drawn"], mark="")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_certificate(
            dict(snakemake.input.items()),
            Path(snakemake.params.archive),
            snakemake.params.recorded,
            snakemake.params.archived,
            snakemake.params.observations,
            snakemake.params.prompt_versions,
            dict(snakemake.output.items()),
        )
