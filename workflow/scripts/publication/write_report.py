"""The page that people open: report.html, one file with all that the study found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.paper.certifying.paging import certificate_tables
from value_portrait.publication.page.part_answers import answers_part
from value_portrait.publication.page.part_certainty import certainty_part
from value_portrait.publication.page.part_certificate import certificate_part, numbers_part
from value_portrait.publication.page.part_curve import curve_part
from value_portrait.publication.page.part_findings import FINDINGS_TABLES, findings_part
from value_portrait.publication.page.part_items import items_part
from value_portrait.publication.page.part_method import method_part
from value_portrait.publication.page.part_pairs import pairs_part
from value_portrait.publication.page.part_people import people_part
from value_portrait.publication.page.part_study import describe_instrument, study_part
from value_portrait.publication.page.writing import write_page
from value_portrait.robustness.claims import read_claims
from value_portrait.tables import Schema, read_table

# The tables that the page is made of, where a study has them: by the name of a schema, or with one.
SCHEMAS: dict[str, str | Schema] = {**FINDINGS_TABLES}
# Those of comparisons, which people read and no stage takes further.
WITHOUT_SCHEMA = ("sensitivity", "models_and_people", "agreement", "recovery_tags", "recovery_scores")


def write_report(
    inputs: Mapping[str, str],
    page: str,
    study: Mapping[str, Any],
    models: Sequence[Mapping[str, Any]],
    method: Mapping[str, Any],
    instrument: Instrument,
) -> None:
    """Write the page from those tables of ``SCHEMAS`` that are among the ``inputs``, and its own scripts and style."""
    tables = {name: _read(inputs[name], schema, instrument) for name, schema in SCHEMAS.items() if name in inputs}
    tables |= {name: pd.read_csv(inputs[name]) for name in WITHOUT_SCHEMA if name in inputs}
    if "certificate" in inputs:
        tables |= certificate_tables(inputs["certificate"], inputs["certificate_findings"])
    claims = read_claims(inputs["table_of_claims"], instrument)
    parts = {
        "study": study_part(models, tables),
        "answers": answers_part(tables, instrument),
        "certainty": certainty_part(tables, instrument),
        "certificate": certificate_part(tables),
        "numbers": numbers_part(tables),
        "curve": curve_part(tables, instrument),
        "findings": findings_part(tables, claims, tables.get("certificate_counts"), instrument),
        "items": items_part(tables, instrument),
        "pairs": pairs_part(tables, instrument),
        "people": people_part(tables, instrument),
    }
    parts["method"] = method_part(method, parts, study["mark"])
    content = write_page(
        Path(inputs["template"]),
        Path(inputs["main"]),
        Path(inputs["style"]),
        {**study, **describe_instrument(instrument)},
        parts,
    )
    with written_whole(page) as partial:
        partial.write_text(content, encoding="utf-8")


def _read(path: str, schema: str | Schema, instrument: Instrument) -> pd.DataFrame:
    table = read_table(path, schema, instrument) if isinstance(schema, str) else read_table(path, schema)
    return table.to_pandas()


if "snakemake" in globals():
    with job(snakemake.log[0]):
        write_report(
            dict(snakemake.input.items()),
            snakemake.output.page,
            snakemake.params.study,
            snakemake.params.models,
            snakemake.params.method,
            as_instrument(snakemake.params.instrument),
        )
