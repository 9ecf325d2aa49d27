"""What the workflow believes and what the store holds agree; what one model lacks stops no other."""

import itertools
import os
import shutil
from pathlib import Path

from conftest import run_snakemake
from live_study import LIVE_ITEMS, LIVE_VERSIONS, write_live_study
from loopback import Loopback

QUESTIONS = LIVE_ITEMS * len(LIVE_VERSIONS)
NOTHING = "Nothing to be done"


def ask(checkout: Path, *arguments: str):
    return run_snakemake(checkout, "--configfile", "live.yaml", *arguments, "--", "responses")


def test_models_of_a_provider_take_turns_and_an_emptied_store_is_filled_again(checkout: Path, server: Loopback) -> None:
    # No profile knows this provider.
    write_live_study(checkout, server, ["fir", "oak"])
    server.latency_s = 0.05
    done = ask(checkout)
    assert done.returncode == 0, done.stdout
    turns = [name for name, _ in itertools.groupby(body["model"] for body in server.bodies)]
    assert len(turns) <= 4, "two preflights and two conditions, each as a whole"
    assert NOTHING in ask(checkout).stdout
    fir, before = checkout / "data/responses/fir", server.requests
    os.utime(fir / "baseline.jsonl")
    assert NOTHING in ask(checkout).stdout
    with (fir / "baseline.jsonl").open("r+b") as file:
        file.truncate(len(file.readline()))
    assert ask(checkout).returncode == 0
    assert server.requests == before + QUESTIONS - 1, "one line was left"
    assert NOTHING in ask(checkout).stdout
    shutil.rmtree(checkout / "data/responses")
    done = ask(checkout)
    assert done.returncode == 0, done.stdout
    assert server.requests == before + QUESTIONS - 1 + 2 * (QUESTIONS + 1)
    assert NOTHING in ask(checkout).stdout


def test_a_model_that_cannot_be_asked_stops_no_other_and_is_named_at_the_end(checkout: Path, server: Loopback) -> None:
    write_live_study(checkout, server, ["gone", "fir", "oak"])
    server.models = ("fir", "oak")
    done = ask(checkout, "--cores", "1")
    assert done.returncode != 0
    assert all((checkout / f"results/live/responses/{name}/baseline.parquet").exists() for name in ("fir", "oak"))
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("gone lacks")]
    assert "gone lacks baseline: model gone at loopback: cannot be asked (model_gone" in line
    assert " lacks " not in done.stdout.replace(line, "")
