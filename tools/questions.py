"""Writes every question of a study, to be asked by whatever asks: as plain JSON lines, and as OpenAI's batch files."""

import argparse
import sys
from pathlib import Path

import orjson
from responses import config_of  # beside this file; it also makes the library known
from value_portrait.config_tables import Model
from value_portrait.errors import InputError, one_line
from value_portrait.files import written_whole
from value_portrait.instrument import as_instrument
from value_portrait.instrument_file import read_instrument
from value_portrait.responses.conditions import BASELINE, model_conditions, read_personas
from value_portrait.responses.planning import read_questions
from value_portrait.responses.providers import live_target, read_providers
from value_portrait.responses.questions import batch_lines, question_lines
from value_portrait.responses.requests import Finding


def write_questions(arguments: argparse.Namespace) -> None:
    """Write two files for each condition below ``questions`` of the results."""
    config = config_of([file for file in arguments.configfile if file])
    instrument = as_instrument(read_instrument(config.instrument))
    conditions = list(dict.fromkeys([BASELINE, *(part.strip() for part in arguments.conditions.split(";"))]))
    cells = {name: getattr(arguments, name) for name in ("model", "provider", "request")}
    cells |= {"answers": "live", "model_id": arguments.model, "conditions": conditions}
    row = Model.model_construct(**dict.fromkeys(Model.model_fields) | cells)
    target = live_target(row, *read_providers(config.providers), "the command line")
    if target.provider.api != "openai":
        raise InputError(
            f"provider {row.provider}", "takes no batch files of OpenAI's shape.", "Name another provider."
        )
    personas = read_personas(config.personas, config.people.groups if config.people else {}, instrument)
    study, folder = Path(config.results_dir, "study"), Path(config.results_dir, "questions")
    questions = read_questions(study / "items.parquet", study / "prompts.parquet", config.prompt_versions, instrument)
    for name, condition in model_conditions(row, personas, config.framings, "the questions", (), instrument).items():
        lines = list(question_lines(questions.turns(condition.message), name, condition.message))
        plan = questions.plan(target, Finding(), condition.message)
        with written_whole(folder / f"{name}.jsonl") as partial:
            partial.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
        with written_whole(folder / f"{name}.batch.jsonl") as partial:
            partial.write_bytes(b"".join(line + b"\n" for line in batch_lines(lines, plan)))
        print(f"{folder / name}.jsonl and .batch.jsonl: {len(lines)} questions.")


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conditions", default=BASELINE, help="as in models.tsv, joined with ';'; baseline anyway")
    parser.add_argument("--model", default="MODEL", help="the provider's id of the model, for the batch files")
    parser.add_argument("--provider", default="openai", help="of providers.yaml, for the batch files")
    parser.add_argument("--request", default="chat", help="a set of request parameters, for the batch files")
    parser.add_argument("--configfile", nargs="*", default=[], help="laid over config.yaml")
    try:
        write_questions(parser.parse_args())
    except (InputError, OSError) as problem:
        sys.exit(one_line(problem))


if __name__ == "__main__":
    main()
