"""A small simulated study with live models at the loopback server, for tests that run the workflow."""

from pathlib import Path

import yaml
from conftest import ROOT
from loopback import Loopback

LIVE_ITEMS = 2 * 3 * 2
LIVE_VERSIONS = ["v1", "v1_reversed"]


# What the rows of live models share.
LIVE_ROW = {
    "answers": "live",
    "provider": "loopback",
    "request": "chat",
    "family": "Lab",
    "developer": "Lab",
    "weights": "open",
    "reasoning": "no",
    "conditions": "baseline",
}


def write_live_study(checkout: Path, server: Loopback, models: list[str], store: Path | None = None) -> None:
    """Make ``checkout`` a study of one simulated and some live models, whose config is ``live.yaml``."""
    header, first, *_ = (ROOT / "config/demo_models.tsv").read_text().splitlines()
    live = dict.fromkeys(header.split("\t"), "") | LIVE_ROW
    rows = ["\t".join((live | {"model": name, "model_id": name}).values()) for name in models]
    (checkout / "config/live_models.tsv").write_text("\n".join([header, first, *rows]) + "\n")
    providers = yaml.safe_load((ROOT / "config/providers.yaml").read_text())
    providers["providers"]["loopback"] = providers["providers"]["local"] | {
        "base_url": f"{server.url}/v1",
        "key_env": "LOOPBACK_API_KEY",
        "requests_per_minute": 600_000,
    }
    (checkout / "config/providers.yaml").write_text(yaml.safe_dump(providers))
    config = {
        "study": "simulated",
        "results_dir": "results/live",
        "models": "config/live_models.tsv",
        "prompt_versions": LIVE_VERSIONS,
        "responses": {"store": str(store or "data/responses"), "max_usd": 0},
        "simulation": {
            "setting": "easy",
            "groups": 2,
            "queries_per_group": 3,
            "responses_per_query": 2,
            "raters_per_group": 20,
        },
    }
    (checkout / "live.yaml").write_text(yaml.safe_dump(config))
