"""Looks into the store of live answers: explains why a question is or is not answered, or exports them to publish."""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "workflow/scripts"))

from snakemake.utils import update_config  # noqa: E402
from value_portrait.checking import read_config  # noqa: E402
from value_portrait.config_tables import Model, read_models  # noqa: E402
from value_portrait.configuration import Config, check_config  # noqa: E402
from value_portrait.errors import InputError, one_line  # noqa: E402
from value_portrait.instrument import Instrument, as_instrument  # noqa: E402
from value_portrait.instrument_file import read_instrument  # noqa: E402
from value_portrait.responses.assembly import export_answers  # noqa: E402
from value_portrait.responses.conditions import BASELINE, model_conditions, read_personas  # noqa: E402
from value_portrait.responses.explaining import explain  # noqa: E402
from value_portrait.responses.planning import read_questions  # noqa: E402
from value_portrait.responses.preflight import stored_finding  # noqa: E402
from value_portrait.responses.providers import Target, live_target, read_providers  # noqa: E402
from value_portrait.responses.publishing import describe_export, refuse_quotes  # noqa: E402
from value_portrait.responses.recorded import find_recorded  # noqa: E402
from value_portrait.responses.requests import Planned  # noqa: E402
from value_portrait.responses.store import read_records, store_file  # noqa: E402


def config_of(files: list[str]) -> Config:
    """The shipped config with the working directory's own and the given files laid over it, as the workflow does.

    Files that it names are the working directory's, or else the shipped ones.
    """
    laid_over = [name for name in ("config.yaml", *files) if name in files or Path(name).exists()]
    # A file that is given twice counts where it comes last.
    own = {name: read_config(name) for name in reversed(dict.fromkeys(reversed(laid_over)))}
    content = read_config(ROOT / "config.yaml")
    for one in own.values():
        update_config(content, one)
    config = check_config(content, own or "config.yaml")
    named = {key: getattr(config, key) for key in ("instrument", "models", "providers", "personas")}
    return config.model_copy(
        update={key: path if Path(path).exists() else str(ROOT / path) for key, path in named.items()}
    )


def plans_of(
    config: Config, name: str, condition: str | None, instrument: Instrument
) -> tuple[Target, dict[str, list[Planned]]]:
    """A live model's target, and everything that it is asked under a condition, or under each of its row."""
    exported = find_recorded([config.responses.exports])
    live: list[Model] = [row for row in read_models(config.models, config.study, exported) if row.answers == "live"]
    row = next((row for row in live if row.model == name), None)
    if row is None:
        known = ", ".join(row.model for row in live) or "none"
        raise InputError(config.models, f"has no live model '{name}'.", f"It has: {known}.")
    target = live_target(row, *read_providers(config.providers), config.models)
    personas = read_personas(config.personas, config.people.groups if config.people else {}, instrument)
    conditions = model_conditions(row, personas, config.framings, config.models, (), instrument)
    if condition is not None and condition not in conditions:
        known = ", ".join(conditions)
        raise InputError(f"model {name}", f"is not asked under the condition '{condition}'.", f"It has: {known}.")
    items, prompts = (
        Path(config.results_dir, folder, f"{table}.parquet")
        for folder, table in (("items/panel" if config.items.panel else "study", "items"), ("study", "prompts"))
    )
    if not items.exists():
        raise InputError(items, "is missing.", "Run 'snakemake --cores 1 items' first; it asks nothing.")
    questions = read_questions(items, prompts, config.prompt_versions, instrument)
    finding = stored_finding(target, config.responses.store, instrument)
    return target, {
        one: questions.plan(target, finding, own.message) for one, own in conditions.items() if condition in (one, None)
    }


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["explain", "export"])
    parser.add_argument("model", help="as in models.tsv")
    parser.add_argument("--condition", help=f"explain {BASELINE}, or export all conditions, unless given")
    parser.add_argument("--item", help="explain only this item, such as 1021-3")
    parser.add_argument("--version", help="explain only this prompt version")
    parser.add_argument("--most", type=int, default=10, help="explain at most so many open questions")
    parser.add_argument("--to", help="export to this file (.parquet or .jsonl)")
    parser.add_argument("--license", help="the address of the export's licence, for its description")
    parser.add_argument("--quotes", action="store_true", help="export answers that quote the study's texts, too")
    parser.add_argument("--configfile", nargs="*", default=[], help="laid over config.yaml")
    arguments = parser.parse_args()
    if arguments.command == "export" and not str(arguments.to).endswith((".parquet", ".jsonl")):
        parser.error("export needs --to FILE.parquet or --to FILE.jsonl")
    try:
        config = config_of(arguments.configfile)
        store, instrument = config.responses.store, as_instrument(read_instrument(config.instrument))
        if arguments.command == "export":
            target, plans = plans_of(config, arguments.model, arguments.condition, instrument)
            if not arguments.quotes:
                refuse_quotes(plans, target, store, instrument)
            export_answers(plans, target, store, arguments.to, instrument)
            described = describe_export(arguments.to, target.row.model, arguments.license, instrument)
            print(f"{arguments.to} is written, and its description {described}.")
            return
        condition = arguments.condition or BASELINE
        target, plans = plans_of(config, arguments.model, condition, instrument)
        show(arguments, target, plans[condition], store_file(store, arguments.model, condition))
    except (InputError, OSError) as problem:
        sys.exit(one_line(problem))


def show(arguments: argparse.Namespace, target: Target, plan: list[Planned], path: Path) -> None:
    """Print explanations: of the chosen question, or of the first open ones."""
    records = list(read_records(path))
    chosen = [
        planned
        for planned in plan
        if arguments.item in (None, planned.item_id) and arguments.version in (None, planned.prompt_version)
    ]
    lines = [explain(planned, target, records) for planned in chosen]
    is_open = [": in the store" not in text[0] for text in lines]
    print(f"{path}: {len(chosen) - sum(is_open)} of {len(chosen)} questions are answered.")
    wanted = lines if arguments.item else [text for text, open_ in zip(lines, is_open, strict=True) if open_]
    # Answers and addresses of records are anybody's words.
    print("\n".join(one_line(line) for text in wanted[: arguments.most] for line in text))


if __name__ == "__main__":
    main()
