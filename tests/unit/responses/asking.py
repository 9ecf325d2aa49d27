"""Asks a plan in a process of its own: ``python asking.py '{"url": ..., "root": ..., "number": ..., ...}'``."""

import json
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[3] / "workflow" / "scripts"), str(Path(__file__).parents[2])]

from targets import make_plan, make_target, run  # noqa: E402

settings = json.loads(sys.argv[1])
target = make_target(settings["url"], **settings.get("changes", {}))
summary = run(
    target,
    make_plan(target, settings["number"]),
    Path(settings["root"]),
    settings.get("max_usd", 1000.0),
    settings.get("condition", "baseline"),
)
print(
    json.dumps(
        {
            "missing": summary.missing,
            "usd": summary.usd,
            "stopped": str(summary.stopped),
            "interrupted": summary.interrupted,
        }
    )
)
