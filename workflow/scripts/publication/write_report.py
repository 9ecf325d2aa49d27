"""The page that people open: report.html, one file with all that the study found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.paper.certifying.paging import certificate_tables
from value_portrait.publication.page.contents import PAGE_TABLES, page_parts
from value_portrait.publication.page.part_study import describe_instrument
from value_portrait.publication.page.writing import write_page
from value_portrait.robustness.claims import read_claims
from value_portrait.tables import Schema, read_table


def write_report(
    inputs: Mapping[str, Any],
    page: str,
    about: Mapping[str, Any],
    instrument: Instrument,
) -> None:
    """Write the page from those tables of ``PAGE_TABLES`` that are among the ``inputs``, and its own scripts and style.

    Of the ``inputs``, ``answers`` are the tables of all answers, and ``asked`` the summaries of live ones.
    """
    tables = {name: _read(inputs[name], schema, instrument) for name, schema in PAGE_TABLES.items() if name in inputs}
    if "certificate" in inputs:
        tables |= certificate_tables(inputs["certificate"], inputs["certificate_findings"])
    claims = read_claims(inputs["table_of_claims"], instrument)
    asked = [orjson.loads(Path(path).read_bytes()) for path in inputs["asked"]]
    template, main, style = (Path(inputs[name]) for name in ("template", "main", "style"))
    parts = page_parts(tables, inputs, about, claims, asked, instrument)
    content = write_page(template, main, style, {**about["study"], **describe_instrument(instrument)}, parts)
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
            {name: snakemake.params[name] for name in ("study", "models", "method")},
            as_instrument(snakemake.params.instrument),
        )
