"""Hold the authors' own tags and scores, which only the certificate reads, to their shape."""

from collections.abc import Sequence
from pathlib import Path

from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.paper.certifying.published_scores import read_published_scores
from value_portrait.paper.certifying.published_tags import read_published_tags


def check_published(archive: Path, tags: Sequence[str], checked: str) -> None:
    """Write to ``checked`` what was read without fault: the files ``tags``, and the scores below ``archive``."""
    found = [f"{read_published_tags(path).num_rows} tags in {Path(path).name}" for path in tags]
    found.append(f"{read_published_scores(archive).num_rows} scores")
    with written_whole(checked) as partial:
        partial.write_text("\n".join(found) + "\n", encoding="utf-8")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        check_published(Path(snakemake.params.archive), snakemake.input.tags, snakemake.output.checked)
