"""Hold the authors' own tags, scores and first answers, which only the certificate reads, to their shape."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.paper.certifying.lost_items import read_untagged_records
from value_portrait.paper.certifying.published_scores import read_published_scores
from value_portrait.paper.certifying.published_tags import read_published_tags


def check_published(archive: Path, tags: Sequence[str], answers: Mapping[str, str], checked: str) -> None:
    """Write to ``checked`` what was read without fault: tags and scores below ``archive``, and answers by model."""
    found = [f"{read_published_tags(path).num_rows} tags in {Path(path).name}" for path in tags]
    found.append(f"{read_published_scores(archive).num_rows} scores")
    found.append(f"{len(read_untagged_records(answers))} answers without tags")
    with written_whole(checked) as partial:
        partial.write_text("\n".join(found) + "\n", encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        check_published(
            Path(snakemake.params.archive),
            snakemake.input.tags,
            snakemake.params.first_answers,
            snakemake.output.checked,
        )
