"""The tables that people print; what a run found, in a few lines; and what its numbers are worth, in a page."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.paper import claims as papers_own
from value_portrait.publication.findings import summarise
from value_portrait.publication.printed_tables import captions, printed_tables
from value_portrait.publication.printing import write_for_people
from value_portrait.publication.verdicts import judge_all
from value_portrait.publication.worth import WORTH_TABLES, chance_line, describe_worth, validity_line, verdict_line
from value_portrait.robustness.claims import read_claims
from value_portrait.scores.sensitivity import wordings
from value_portrait.tables import read_table, sensitivity_schema
from value_portrait.wording import counted

TABLES = {"key": "item_key", "counts": "answer_counts"}
TABLES |= {name: name for name in ("survey", "participants", "correlations", "topics", "profiles", "reliability")}


def write_tables(
    inputs: Mapping[str, str],
    outputs: Mapping[str, Any],
    choices: Mapping[str, Any],
    left_out: Sequence[str],
    about: Mapping[str, Any],
    instrument: Instrument,
) -> None:
    """Write, of the baseline condition, the tables for people, the summary, and from ``WORTH_TABLES`` what it is worth.

    ``choices`` are study, threshold (of a tag) and prompt_versions. ``about`` says whether the study is simulated, and
    the size of its panel, or None.
    """
    moves = sensitivity_schema(wordings(choices["prompt_versions"], instrument), instrument)
    schemas = {**TABLES, "sensitivity": moves}
    tables = {name: _read(inputs[name], schema, instrument) for name, schema in schemas.items() if name in inputs}
    for name in ("profiles", "counts", "sensitivity"):
        tables[name] = tables[name].query("condition == 'baseline'")
    for name in ("spread", "spread_by_size", "people"):
        if name in inputs:
            tables[name] = pd.read_csv(inputs[name], keep_default_na=False, na_values=[""])
    worth = {name: _read(inputs[name], own, instrument) for name, own in WORTH_TABLES.items() if name in inputs}
    of_paper = choices["study"] == "paper"
    said = f" Models were asked a panel: {counted(about['panel'], 'item')} of each dimension." if about["panel"] else ""
    told = captions(instrument) | (papers_own.CAPTIONS if of_paper else {})
    printed = printed_tables(tables, choices["threshold"], instrument)
    for stem in dict.fromkeys(Path(path).with_suffix("") for path in outputs["for_people"]):
        write_for_people(printed[stem.name], stem, told[stem.name] + said, instrument)

    claims = read_claims(inputs["table_of_claims"], instrument)
    lines = [verdict_line(judge_all(claims, worth, instrument).values())]
    if "chance" in worth:
        lines += [chance_line(worth["chance"], instrument), validity_line(worth["validity"], instrument)]
    agreement = [papers_own.agreement_line(tables["profiles"], instrument)] if of_paper else []
    for name, text in {
        "summary": summarise(tables | worth, choices["study"], agreement, lines, left_out, instrument),
        "worth": describe_worth(worth, claims, about["simulated"], about["panel"], instrument),
    }.items():
        with written_whole(outputs[name]) as partial:
            partial.write_text(text, encoding="utf-8")


def _read(path: str, schema: Any, instrument: Instrument) -> pd.DataFrame:
    table = read_table(path, schema, instrument) if isinstance(schema, str) else read_table(path, schema)
    return table.to_pandas()


if "snakemake" in globals():
    with job(snakemake.log[0]):
        files = dict(snakemake.input.items()), dict(snakemake.output.items())
        choices, left_out, about = (snakemake.params[name] for name in ("choices", "left_out", "about"))
        write_tables(*files, choices, left_out, about, as_instrument(snakemake.params.instrument))
