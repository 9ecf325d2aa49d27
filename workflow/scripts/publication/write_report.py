"""The page that people open: report.html, one file with all that the study found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.paper.certifying.paging import certificate_tables
from value_portrait.publication.page.part_answers import answer_parts
from value_portrait.publication.page.part_certainty import CERTAINTY_TABLES, certainty_part
from value_portrait.publication.page.part_certificate import certificate_part, numbers_part
from value_portrait.publication.page.part_curve import CURVE_TABLES, curve_part
from value_portrait.publication.page.part_findings import FINDINGS_TABLES, findings_part
from value_portrait.publication.page.part_items import ITEMS_TABLES, items_part
from value_portrait.publication.page.part_method import method_part
from value_portrait.publication.page.part_model import MODEL_TABLES, model_part
from value_portrait.publication.page.part_pairs import PAIRS_TABLES, pairs_part
from value_portrait.publication.page.part_people import PEOPLE_TABLES, people_part
from value_portrait.publication.page.part_study import STUDY_TABLES, describe_instrument, study_part
from value_portrait.publication.page.writing import write_page
from value_portrait.robustness.claims import read_claims
from value_portrait.tables import Schema, read_table

# The tables that the page is made of, where a study has them: by the name of a schema, with one, or without.
SCHEMAS: dict[str, str | Schema | None] = {
    **STUDY_TABLES,
    **FINDINGS_TABLES,
    **MODEL_TABLES,
    **PAIRS_TABLES,
    **ITEMS_TABLES,
    **PEOPLE_TABLES,
    **CERTAINTY_TABLES,
    **CURVE_TABLES,
}


def write_report(
    inputs: Mapping[str, Any],
    page: str,
    study: Mapping[str, Any],
    models: Sequence[Mapping[str, Any]],
    method: Mapping[str, Any],
    instrument: Instrument,
) -> None:
    """Write the page from those tables of ``SCHEMAS`` that are among the ``inputs``, and its own scripts and style.

    Of the ``inputs``, ``answers`` are the tables of all answers, and ``asked`` the summaries of live ones.
    """
    tables = {name: _read(inputs[name], schema, instrument) for name, schema in SCHEMAS.items() if name in inputs}
    if "certificate" in inputs:
        tables |= certificate_tables(inputs["certificate"], inputs["certificate_findings"])
    claims = read_claims(inputs["table_of_claims"], instrument)
    asked = [orjson.loads(Path(path).read_bytes()) for path in inputs["asked"]]
    parts = {
        "study": study_part(models, tables),
        "findings": findings_part(tables, claims, tables.get("certificate_counts"), instrument),
        "model": model_part(tables, asked, instrument),
        "pairs": pairs_part(tables, instrument),
        "items": items_part(tables, study["texts"], instrument),
        **answer_parts(tables["answer_counts"], inputs["ratings"], inputs["answers"], study["texts"], instrument),
        "people": people_part(tables, instrument),
        "certainty": certainty_part(tables, instrument),
        "curve": curve_part(tables, claims, instrument),
        "certificate": certificate_part(tables),
        "numbers": numbers_part(tables),
    }
    parts["method"] = method_part(method, parts, study["mark"])
    template, main, style = (Path(inputs[name]) for name in ("template", "main", "style"))
    content = write_page(template, main, style, {**study, **describe_instrument(instrument)}, parts)
    with written_whole(page) as partial:
        partial.write_text(content, encoding="utf-8")


def _read(path: str, schema: str | Schema | None, instrument: Instrument) -> pd.DataFrame:
    if schema is None:
        return pd.read_csv(path, keep_default_na=False, na_values=[""])
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
