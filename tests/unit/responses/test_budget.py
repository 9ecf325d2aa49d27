import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import Loopback
from targets import KEY, make_plan, make_target, run
from value_portrait.errors import InputError
from value_portrait.responses.budget import spent_usd
from value_portrait.responses.store import read_records, store_file

ASKING = Path(__file__).with_name("asking.py")
# 300 tokens asked at 1 USD per million and 5 answered at 2.
ANSWER_USD = 0.00031


def test_the_cap_stops_cleanly_and_a_higher_one_goes_on(tmp_path: Path, server: Loopback) -> None:
    target = make_target(server.url)
    plan = make_plan(target, 100)
    summary = run(target, plan, tmp_path, max_usd=0.01)
    assert 0 < summary.answered < 100
    assert "max_usd: of 0.01 USD" in str(summary.stopped)
    assert spent_usd(tmp_path) == pytest.approx(summary.answered * ANSWER_USD)
    assert 0.01 - 2 * ANSWER_USD < spent_usd(tmp_path) <= 0.01
    assert run(target, plan, tmp_path, max_usd=1).missing == 0
    assert server.requests == 100


def test_nothing_is_sent_by_default_unless_it_is_free(tmp_path: Path, server: Loopback) -> None:
    target = make_target(server.url)
    assert run(target, make_plan(target, 3), tmp_path, max_usd=0).answered == 0
    assert server.requests == 0
    free = make_target(server.url, free=True, usd_in=None, usd_out=None)
    assert run(free, make_plan(free, 3), tmp_path, max_usd=0).missing == 0


def test_an_unknown_price_is_refused(tmp_path: Path, server: Loopback) -> None:
    target = make_target(server.url, usd_in=None)
    with pytest.raises(InputError, match="has no price"):
        run(target, make_plan(target, 3), tmp_path)
    assert server.requests == 0


def test_the_cap_holds_across_processes(tmp_path: Path) -> None:
    cap = 0.05
    with Loopback(latency_s=0.02) as server:
        processes = [
            subprocess.Popen(
                [
                    sys.executable,
                    str(ASKING),
                    json.dumps(
                        {
                            "url": server.url,
                            "root": str(tmp_path),
                            "number": 150,
                            "max_usd": cap,
                            "condition": f"c{i}",
                            "changes": {"max_in_flight": 10},
                        }
                    ),
                ],
                env=os.environ | {"LOOPBACK_API_KEY": KEY},
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            for i in range(3)
        ]
        results = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(result["missing"] for result in results) > 0
    paid = server.statuses[200] * ANSWER_USD
    assert paid <= cap
    # What is left is less than a reservation of each.
    assert paid > 0.6 * cap
    assert spent_usd(tmp_path) == pytest.approx(paid)


def test_a_dead_process_leaves_no_reservation(tmp_path: Path, server: Loopback) -> None:
    target = make_target(server.url)
    run(target, make_plan(target, 10), tmp_path)
    ledger = tmp_path / "ledger.json"
    entries = json.loads(ledger.read_text())
    (name,) = entries
    entries[name]["reserved"] = 500.0
    ledger.write_text(json.dumps(entries))
    assert spent_usd(tmp_path) == pytest.approx(10 * ANSWER_USD)
    ledger.unlink()
    assert spent_usd(tmp_path) == pytest.approx(10 * ANSWER_USD)


def test_the_price_of_a_router_counts(tmp_path: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = server._completion

    def with_cost(body: dict[str, object], name: str) -> dict[str, object]:
        reply = shape(body, name)
        reply["usage"]["cost"] = 0.125
        return reply

    monkeypatch.setattr(server, "_completion", with_cost)
    target = make_target(server.url)
    run(target, make_plan(target, 2), tmp_path)
    assert [record["usd"] for record in read_records(store_file(tmp_path, "Test/model:1", "baseline"))] == [0.125] * 2
