"""Read everything raw but the models' answers, strictly: the door, before anything is made from it."""

from collections.abc import Sequence
from pathlib import Path

from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.paper import raw_files as study


def check_study(archive: Path, prompt_versions: Sequence[str], checked: str) -> None:
    """Write to ``checked`` what was read; any fault ends in an error instead."""
    items = study.read_items(archive / study.ITEMS)
    prompts = study.read_prompts(archive, prompt_versions)
    topics = study.read_topics(archive / study.TOPICS, items)
    surveys = study.read_surveys(archive, items["item_id"].to_pylist())
    counts = {
        "items": items,
        "prompts": prompts,
        "topics of queries": topics,
        "ratings": surveys.ratings,
        "questionnaire scores": surveys.participants,
    }
    with written_whole(checked) as partial:
        partial.write_text("".join(f"{table.num_rows} {name}\n" for name, table in counts.items()))


if "snakemake" in globals():
    with job(snakemake.log[0], pandas=False):
        check_study(Path(snakemake.params.archive), snakemake.params.prompt_versions, snakemake.output.checked)
