"""Profiles of clusters repeat failed jobs; a job that asks is not repeated."""

from conftest import run_snakemake
from live_study import write_live_study


def test_a_refused_key_is_sent_once_whatever_the_profile_repeats(checkout, server):
    server.key = "another key"
    write_live_study(checkout, server, ["refused"])
    target = "results/live/responses/refused/preflight.json"
    done = run_snakemake(checkout, "--configfile", "live.yaml", "--retries", "2", "--", target)
    assert done.returncode != 0
    assert "cannot be asked (auth" in done.stdout
    assert server.requests == 1
