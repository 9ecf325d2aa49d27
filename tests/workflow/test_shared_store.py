"""Two checkouts with one store of answers: what one has asked, the other does not ask."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import copy_checkout, run_snakemake
from live_study import LIVE_ITEMS, LIVE_VERSIONS, write_live_study
from loopback import Loopback
from value_portrait.responses.store import Store, store_file

MODEL = "shared"
TABLE = f"results/live/responses/{MODEL}/baseline.parquet"
QUESTIONS = LIVE_ITEMS * len(LIVE_VERSIONS)


@pytest.fixture
def checkouts(tmp_path: Path, server: Loopback) -> list[Path]:
    checkouts = [copy_checkout(tmp_path / name) for name in ("mine", "yours")]
    for checkout in checkouts:
        write_live_study(checkout, server, [MODEL], store=tmp_path / "store")
    return checkouts


def ask(checkout: Path):
    return run_snakemake(checkout, "--configfile", "live.yaml", "--", TABLE)


def test_what_one_checkout_has_asked_the_other_only_reads(checkouts, server):
    mine, yours = checkouts
    done = ask(mine)
    assert done.returncode == 0, done.stdout
    before = server.requests
    assert before == QUESTIONS + 1, "every question, and the preflight"
    done = ask(yours)
    assert done.returncode == 0, done.stdout
    assert server.requests == before
    assert (yours / TABLE).read_bytes() == (mine / TABLE).read_bytes()


def test_at_the_same_time_one_asks_and_the_other_says_who_does(checkouts, server):
    mine, yours = checkouts
    preflight = f"results/live/responses/{MODEL}/preflight.json"
    done = run_snakemake(mine, "--configfile", "live.yaml", "--", preflight, "results/live/study/prompts.parquet")
    assert done.returncode == 0, done.stdout
    # This process is the one that asks, for as long as the other checkout needs to notice.
    with Store(store_file(mine.parent / "store", MODEL, "baseline")):
        refused = ask(yours)
    assert refused.returncode != 0
    assert f"baseline.jsonl: is being written by process {os.getpid()} on" in refused.stdout
    assert "Wait for it, or stop it, and run again." in refused.stdout
    assert "Traceback" not in refused.stdout
    server.latency_s = 3
    with ThreadPoolExecutor() as both:
        first = list(both.map(ask, checkouts))
    assert all(done.returncode == 0 or "is being written by process" in done.stdout for done in first)
    assert all(
        ask(checkout).returncode == 0 for checkout, done in zip(checkouts, first, strict=True) if done.returncode
    )
    assert (yours / TABLE).read_bytes() == (mine / TABLE).read_bytes()
    assert server.requests == QUESTIONS + 1
    assert set(server.received.values()) == {1}
