"""Answers that the study brings, or that somebody else collected, as the table of one model under one condition."""

from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.responses.assembly import read_export
from value_portrait.responses.conditions import Message
from value_portrait.responses.planning import Questions, read_questions
from value_portrait.responses.questions import prompt_hash
from value_portrait.responses.recorded import is_export, read_recorded
from value_portrait.responses.requests import system_message
from value_portrait.tables import read_table, write_table


def import_answers(
    export: str,
    questions: Questions,
    model: str,
    condition: str,
    message: Message | None,
    items: set[str],
    table: str,
    instrument: Instrument,
) -> None:
    """Write the table ``answers``; what is told of prompts and the condition's message has to be this study's.

    ``items``: the ids of all of the study's, some of which may not be asked.
    """
    hashes = {place: prompt_hash(turn) for place, turn in questions.turns(message).items()}
    system = system_message(message)
    system_hash = None if system is None else prompt_hash(system)
    wanted = (hashes, system_hash, model, condition, instrument)
    answers = read_export(export, *wanted) if is_export(export) else read_recorded(export, *wanted, items)
    write_table(answers, table, "answers", instrument)


if "snakemake" in globals():
    given, params = snakemake.input, snakemake.params
    with job(snakemake.log[0]):
        measured = as_instrument(params.instrument)
        import_answers(
            given.export,
            read_questions(given.item_table, given.prompts, params.prompt_versions, measured),
            params.model["model"],
            snakemake.wildcards.condition,
            params.message,
            set(read_table(given.all_items, "items", measured, ["item_id"])["item_id"].to_pylist()),
            snakemake.output.table,
            measured,
        )
