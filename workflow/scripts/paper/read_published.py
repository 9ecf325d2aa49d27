"""What the paper prints and its archive states, read whole, sealed and checked before anything is compared."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from value_portrait.job import job
from value_portrait.paper.certifying.findings import findings_frame
from value_portrait.paper.certifying.published_tags import read_tagged_items
from value_portrait.paper.certifying.records import RECORDS, read_records
from value_portrait.paper.certifying.seals import fingerprints, sealed_tables
from value_portrait.paper.certifying.sources import read_sources
from value_portrait.paper.certifying.stated import VERSIONS
from value_portrait.paper.certifying.unscored import sources_hold
from value_portrait.paper.instrument import VALUE_PORTRAIT
from value_portrait.paper.raw_files import PUBLISHED_TAGS
from value_portrait.tables import read_table, write_csv, write_table


def read_published(
    answers: Mapping[str, Sequence[str]], archive: Path, inputs: Mapping[str, Any], outputs: Mapping[str, str]
) -> None:
    """Write the table of ``RECORDS``, the fingerprints of all sources and the findings on them; paths by rule's names.

    ``answers`` are the files of each model, in the order of the prompt versions.
    """
    items, templates = (
        read_table(inputs[name], schema, VALUE_PORTRAIT).to_pylist()
        for name, schema in (("item_table", "items"), ("prompts", "prompts"))
    )
    records = read_records(
        answers,
        VERSIONS,
        items,
        {(row["prompt_version"], row["template"]): row["text"] for row in templates},
        read_tagged_items(archive / PUBLISHED_TAGS)[1],
    )
    write_table(records, outputs["records"], RECORDS)
    sources = read_sources({**inputs, "records": outputs["records"]}, archive)
    sealed = fingerprints(sealed_tables(sources), sources.printed["fingerprints"])
    write_csv(sealed, outputs["fingerprints"])
    write_csv(findings_frame(sources_hold(sources, sealed)), outputs["findings"])


if "snakemake" in globals():
    with job(snakemake.log[0]):
        read_published(
            snakemake.params.answers,
            Path(snakemake.params.archive),
            dict(snakemake.input.items()),
            dict(snakemake.output.items()),
        )
