"""The causes of correlations that differ from the published ones, searched and tested."""

from value_portrait.job import job
from value_portrait.paper.certifying.correlating import examine_correlations
from value_portrait.paper.certifying.findings import copies, findings_frame
from value_portrait.paper.certifying.published_tags import read_published_tags
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.tables import read_table, write_csv, write_table


def explain_correlations(
    survey: str,
    participants: str,
    published: str,
    tagged_items: str,
    recomputed: str,
    explained: str,
    without_repeated: str,
    second_profiles: str,
    findings: str,
) -> None:
    """Write three tables ``correlations``, the profiles of second sittings, and the findings."""
    theirs = read_table(published, "correlations", VALUE_PORTRAIT).to_pandas()
    ratings = read_table(survey, "survey", VALUE_PORTRAIT).to_pandas()
    people = read_table(participants, "participants", VALUE_PORTRAIT).to_pandas()
    evidence = examine_correlations(ratings, people, theirs)
    copies_agree = copies(theirs, read_published_tags(tagged_items).to_pandas())
    write_table(evidence.recomputed, recomputed, "correlations", VALUE_PORTRAIT)
    write_table(evidence.explained, explained, "correlations", VALUE_PORTRAIT)
    write_table(evidence.without_repeated, without_repeated, "correlations", VALUE_PORTRAIT)
    write_csv(evidence.second_profiles, second_profiles)
    write_csv(findings_frame([*evidence.findings, copies_agree]), findings)


if "snakemake" in globals():
    with job(snakemake.log[0]):
        inputs = {name: path for name, path in snakemake.input.items() if name != "library"}
        explain_correlations(**inputs, **snakemake.output)
