"""A run that is killed again and again loses nothing, and pays for next to nothing twice."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from instruments import VALUE_PORTRAIT
from loopback import Loopback
from targets import KEY, make_plan, make_target, run
from value_portrait.responses.assembly import answers_table
from value_portrait.responses.store import read_records, store_file

ASKING = Path(__file__).with_name("asking.py")
NUMBER, IN_FLIGHT, KILLS = 1000, 20, 10


def start(settings: dict[str, object]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, str(ASKING), json.dumps(settings)],
        env=os.environ | {"LOOPBACK_API_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def keys_on_disk(path: Path) -> set[str]:
    """Keys of the lines that end with a line break."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return {json.loads(line)["key"] for line in lines}


def test_ten_kills_lose_no_record_and_cost_at_most_the_requests_in_flight(tmp_path: Path) -> None:
    rng = random.Random(5)
    with Loopback(latency_s=0.05) as server:
        settings = {"url": server.url, "root": str(tmp_path), "number": NUMBER, "changes": {"max_in_flight": IN_FLIGHT}}
        target = make_target(server.url, max_in_flight=IN_FLIGHT)
        path = store_file(tmp_path, target.row.model, "baseline")
        before: set[str] = set()
        for _ in range(KILLS):
            process = start(settings)
            size = path.stat().st_size if path.exists() else 0
            deadline = time.monotonic() + 20
            # Until this run has recorded something, or the ten kills would all hit the imports.
            while (not path.exists() or path.stat().st_size <= size) and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(rng.uniform(0, 0.2))
            process.kill()
            process.communicate()
            now = keys_on_disk(path)
            assert before < now
            before = now
        assert len(before) < NUMBER
        process = start(settings)
        out, _ = process.communicate(timeout=60)
        assert json.loads(out)["missing"] == 0
        assert NUMBER <= server.requests <= NUMBER + IN_FLIGHT * KILLS
        plan = make_plan(target, NUMBER)
        table = answers_table(path, plan, "m", "baseline", VALUE_PORTRAIT)
        undisturbed = tmp_path / "undisturbed"
        run(target, plan, undisturbed)
        other = answers_table(
            store_file(undisturbed, target.row.model, "baseline"), plan, "m", "baseline", VALUE_PORTRAIT
        )
        assert table.equals(other)
        assert len(list(read_records(path))) == NUMBER


@pytest.mark.parametrize("signal", [2, 15])
def test_a_signal_keeps_what_is_in_flight(tmp_path: Path, signal: int) -> None:
    with Loopback(latency_s=0.5) as server:
        process = start({"url": server.url, "root": str(tmp_path), "number": 200})
        while server.requests < 30:
            time.sleep(0.01)
        process.send_signal(signal)
        out, _ = process.communicate(timeout=20)
        assert json.loads(out)["interrupted"]
        records = list(read_records(store_file(tmp_path, "Test/model:1", "baseline")))
        assert len(records) == server.requests < 200
        assert {record["outcome"] for record in records} == {"answered"}


def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    with Loopback(latency_s=10) as server:
        process = start({"url": server.url, "root": str(tmp_path), "number": 20, "changes": {"timeout_s": 60}})
        while server.requests < 20:
            time.sleep(0.01)
        process.send_signal(15)
        time.sleep(0.2)
        process.send_signal(15)
        out, _ = process.communicate(timeout=5)
        assert json.loads(out)["interrupted"]
