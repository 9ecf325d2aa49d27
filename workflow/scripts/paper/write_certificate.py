"""The reproduction certificate: every published number beside ours, and every cause with its evidence."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.paper.certifying import describing
from value_portrait.paper.certifying.certificate import certify, gather
from value_portrait.paper.certifying.findings import alpha_by_two_routes, findings_frame, read_findings
from value_portrait.paper.certifying.printed import PRINTED
from value_portrait.publication.findings import latex
from value_portrait.scores.ratings import read_ratings
from value_portrait.shipped import VALUE_PORTRAIT
from value_portrait.tables import read_table, write_csv


def write_certificate(
    inputs: Mapping[str, Any],
    archive: Path,
    first_answers: Mapping[str, str],
    archived: Mapping[str, str],
    observations: str,
    prompt_versions: list[str],
    outputs: Mapping[str, Any],
) -> None:
    """Write certificate, description and the tables behind them; paths by the rule's names.

    ``first_answers`` are the recorded models' files of answers to the first prompt version, ``archived`` all such files
    of the archive, by model.
    """
    printed = dict(zip(PRINTED, inputs["printed"], strict=True))
    material = gather(inputs, archive, first_answers, archived, printed)
    items = material.by_published.items
    rated = read_ratings(inputs["ratings"], "rating", prompt_versions, items, VALUE_PORTRAIT)
    alphas = alpha_by_two_routes(
        read_table(inputs["reliability"], "reliability").to_pandas(),
        rated.under("baseline"),
        read_table(inputs["item_key"], "item_key").to_pandas(),
        observations,
    )
    made = certify(material, printed, [*read_findings(inputs["findings_on_correlations"]), alphas])
    findings = findings_frame(made.findings)
    for name, table in made.tables.items():
        write_csv(table, outputs[name])
    write_csv(findings, outputs["findings"])
    for path in map(Path, outputs["beside_print"]):
        name = path.stem.removesuffix("_beside_print")
        source = describing.SOURCE_OF_TABLE[name]
        beside = describing.beside_print(made.rows, source)
        if path.suffix == ".csv":
            write_csv(beside, path)
        else:
            with written_whole(path) as partial:
                caption = f"{source}: printed, ours, and ours with the causes applied."
                partial.write_text(latex(beside, caption, path.stem), encoding="utf-8")
    write_csv(made.rows, outputs["certificate"])
    for name, text in {
        "description": describing.describe(made.rows, findings),
        "verdict": describing.verdict(made.rows, findings) + "\n",
        "differences": describing.complain(made.rows, findings, outputs["certificate"]),
    }.items():
        with written_whole(outputs[name]) as partial:
            partial.write_text(text, encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_certificate(
            dict(snakemake.input.items()),
            Path(snakemake.params.archive),
            snakemake.params.first_answers,
            snakemake.params.archived,
            snakemake.params.observations,
            snakemake.params.prompt_versions,
            dict(snakemake.output.items()),
        )
