"""Whether a model can be asked, and what it accepts: one real request, asked once."""

from pathlib import Path

import orjson
from value_portrait.checking import read_rows
from value_portrait.config_tables import Model
from value_portrait.files import slug, written_whole
from value_portrait.instrument import Instrument, as_instrument
from value_portrait.job import job
from value_portrait.responses.held import mark
from value_portrait.responses.preflight import PREFLIGHT, check_name, preflight
from value_portrait.responses.progress import Progress
from value_portrait.responses.providers import Target, live_target, read_providers
from value_portrait.responses.store import store_file


def preflight_model(
    target: Target, system: bool, store: str, max_usd: float, lost: int, finding: str, instrument: Instrument
) -> None:
    """Write what the preflight found as JSON.

    ``system``: whether the model gets system messages; ``lost``: how often the store lost what was found.
    """
    progress = Progress(f"{target.row.model} (preflight)")
    found = preflight(target, store, max_usd, progress, system, instrument)
    found |= {"lost": lost, "store": mark(store_file(store, target.row.model, PREFLIGHT))}
    with written_whole(finding) as partial:
        Path(partial).write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")


if "snakemake" in globals():
    params = snakemake.params
    with job(snakemake.log[0]):
        target = live_target(Model(**params.model), *read_providers(snakemake.input.providers), params.models)
        # Read here: as a parameter, every row that is added would ask whether the others have changed.
        check_name(target, params.store, [slug(row.model) for _, row in read_rows(params.models, "models", Model)])
        preflight_model(
            target,
            params.system,
            params.store,
            params.max_usd,
            params.lost,
            snakemake.output.finding,
            as_instrument(params.instrument),
        )
