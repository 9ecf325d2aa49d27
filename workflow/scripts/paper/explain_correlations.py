"""The causes of correlations that differ from the published ones, searched and tested."""

from collections.abc import Mapping

from value_portrait.job import job
from value_portrait.paper.certifying.correlating import examine_correlations
from value_portrait.paper.certifying.findings import copies, findings_frame
from value_portrait.paper.certifying.published_tags import read_published_tags
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.tables import read_table, write_csv, write_table


def explain_correlations(inputs: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Write three tables ``correlations``, the profiles of second sittings, and the findings, by the rule's names."""
    theirs, ratings, people = (
        read_table(inputs[name], table, VALUE_PORTRAIT).to_pandas()
        for name, table in (("published", "correlations"), ("survey", "survey"), ("participants", "participants"))
    )
    evidence = examine_correlations(ratings, people, theirs)
    copies_agree = copies(theirs, read_published_tags(inputs["tagged_items"]).to_pandas())
    for name in ("recomputed", "explained", "without_repeated"):
        write_table(getattr(evidence, name), outputs[name], "correlations", VALUE_PORTRAIT)
    write_csv(evidence.second_profiles, outputs["second_profiles"])
    write_csv(findings_frame([*evidence.findings, copies_agree]), outputs["findings"])


if "snakemake" in globals():
    with job(snakemake.log[0]):
        explain_correlations(dict(snakemake.input.items()), dict(snakemake.output.items()))
