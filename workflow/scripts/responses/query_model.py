"""Asks a model under a condition whatever the store does not hold yet, and makes its table of what it holds then."""

from pathlib import Path

import orjson
from value_portrait.config_tables import Model
from value_portrait.files import written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.responses.assembly import answers_table
from value_portrait.responses.board import Board
from value_portrait.responses.held import mark
from value_portrait.responses.planning import read_questions
from value_portrait.responses.preflight import read_finding
from value_portrait.responses.progress import Progress
from value_portrait.responses.providers import Target, live_target, read_providers
from value_portrait.responses.requests import Planned
from value_portrait.responses.run import Asking, query
from value_portrait.responses.store import store_file
from value_portrait.tables import write_table


def query_model(
    asking: Asking, plan: list[Planned], board: str, lost: int, table: str, summary: str, instrument: Instrument
) -> None:
    """Fill the store; write the table ``answers``, and how many requests came to which outcome as JSON.

    ``board``: the folder where jobs tell one another how far they are; ``lost``: how often the store lost what the
    table was made from.
    """
    model, condition = asking.target.row.model, asking.condition
    counts = query(asking, plan, Progress("Asking", board=Board(board, asking.store, model, condition)))
    path = store_file(asking.store, model, condition)
    counts |= {"lost": lost, "store": mark(path)}
    write_table(answers_table(path, plan, model, condition, instrument), table, "answers", instrument)
    with written_whole(summary) as partial:
        Path(partial).write_bytes(orjson.dumps(counts, option=orjson.OPT_INDENT_2) + b"\n")


if "snakemake" in globals():
    given, params = snakemake.input, snakemake.params
    with job(snakemake.log[0]):
        target: Target = live_target(Model(**params.model), *read_providers(given.providers), params.models)
        measured = as_instrument(params.instrument)
        questions = read_questions(given.item_table, given.prompts, params.prompt_versions, measured)
        query_model(
            Asking(target, snakemake.wildcards.condition, params.store, params.max_usd),
            questions.plan(target, read_finding(given.finding), params.message),
            params.board,
            params.lost,
            snakemake.output.table,
            snakemake.output.summary,
            measured,
        )
