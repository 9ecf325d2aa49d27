"""Live answers that somebody else has published, as the table of one model under one condition."""

from collections.abc import Sequence

from value_portrait.job import job
from value_portrait.responses.assembly import prompt_hash, read_export
from value_portrait.responses.conditions import Message
from value_portrait.responses.requests import prompt_text, system_message, user_turn
from value_portrait.tables import read_table, write_table


def import_answers(
    export: str,
    items: str,
    prompts: str,
    prompt_versions: Sequence[str],
    model: str,
    condition: str,
    message: Message | None,
    table: str,
) -> None:
    """Write the table ``answers``, after every prompt and the condition's message were found to be this study's."""
    rows = read_table(items, "items").to_pylist()
    templates = {
        (row["prompt_version"], row["template"]): row["text"] for row in read_table(prompts, "prompts").to_pylist()
    }
    hashes = {
        (version, item["item_id"]): prompt_hash(
            user_turn(prompt_text(templates[version, item["template"]], item), message)
        )
        for version in prompt_versions
        for item in rows
    }
    system = system_message(message)
    system_hash = None if system is None else prompt_hash(system)
    write_table(read_export(export, hashes, system_hash, model, condition), table, "answers")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        import_answers(
            snakemake.input.export,
            snakemake.input.item_table,
            snakemake.input.prompts,
            snakemake.params.prompt_versions,
            snakemake.params.model,
            snakemake.wildcards.condition,
            snakemake.params.message,
            snakemake.output.table,
        )
