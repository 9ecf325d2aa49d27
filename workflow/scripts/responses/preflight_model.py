"""Whether a model can be asked, and what it accepts: one real request, asked once."""

from pathlib import Path
from typing import Any

import orjson
from value_portrait.configuration import Model
from value_portrait.files import written_whole
from value_portrait.job import job
from value_portrait.responses.preflight import preflight
from value_portrait.responses.progress import Progress
from value_portrait.responses.providers import live_target, read_providers


def preflight_model(
    model: Model, system: bool, providers: str, models: str, store: str, max_usd: float, finding: str
) -> None:
    """Write what the preflight found as JSON; ``system``: whether the model gets system messages."""
    target = live_target(model, *read_providers(providers), models)
    progress = Progress(f"{model.model} (preflight)")
    found: dict[str, Any] = preflight(target, store, max_usd, progress, system)
    with written_whole(finding) as partial:
        Path(partial).write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")


if "snakemake" in globals():
    with job(snakemake.log[0]):
        preflight_model(
            Model(**snakemake.params.model),
            snakemake.params.system,
            snakemake.input.providers,
            snakemake.params.models,
            snakemake.params.store,
            snakemake.params.max_usd,
            snakemake.output.finding,
        )
