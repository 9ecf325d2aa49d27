import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import Loopback
from targets import KEY, make_plan, make_target, run
from value_portrait.errors import InputError
from value_portrait.responses.budget import Budget, spent_usd
from value_portrait.responses.journal import new_intent
from value_portrait.responses.store import Store

ASKING = Path(__file__).with_name("asking.py")
# 300 tokens asked at 1 USD per million and 5 answered at 2.
ANSWER_USD = 0.00031


def test_nothing_is_sent_by_default_unless_it_is_free(tmp_path: Path, server: Loopback) -> None:
    target = make_target(server.url)
    assert run(target, make_plan(target, 3), tmp_path, max_usd=0).answered == 0
    assert server.requests == 0
    free = make_target(server.url, free=True, usd_in=None, usd_out=None)
    assert run(free, make_plan(free, 3), tmp_path, max_usd=0).missing == 0


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


def write_paid(path: Path, *prices: float | None) -> None:
    """A file of the store with answers at these prices."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps({"key": str(i), "outcome": "answered", "usd": usd}) for i, usd in enumerate(prices))
    path.write_text("".join(f"{line}\n" for line in lines))


def ledger(root: Path) -> dict[str, dict[str, float]]:
    return json.loads((root / "ledger.json").read_text())


def test_sixteen_requests_are_reserved_at_once_as_far_as_there_is_room(tmp_path: Path) -> None:
    write_paid(tmp_path / "n/baseline.jsonl", 2.0, None, 1.0)
    write_paid(tmp_path / "m/baseline.jsonl", 0.5)
    with Store(tmp_path / "m/baseline.jsonl") as store:
        budget = Budget(tmp_path, 25.5, store)
        size = (tmp_path / "m/baseline.jsonl").stat().st_size
        assert budget.reserve(1.0)
        # 16 of the 22 that 3 and 0.5 leave.
        assert ledger(tmp_path)["m/baseline.jsonl"] == {"size": size, "usd": 0.5, "reserved": 16.0}
        other = (tmp_path / "n/baseline.jsonl").stat().st_size
        assert ledger(tmp_path)["n/baseline.jsonl"] == {"size": other, "usd": 3.0, "reserved": 0.0}
        (tmp_path / "ledger.json").write_text("{}")
        assert all(budget.reserve(1.0) for _ in range(15))
        assert ledger(tmp_path) == {}, "what is reserved needs no look into the ledger"
        assert budget.in_flight == 16
        assert budget.reserve(1.0)
        assert ledger(tmp_path)["m/baseline.jsonl"]["reserved"] == 22.0
        assert all(budget.reserve(1.0) for _ in range(5))
        assert not budget.reserve(0.01)
        assert budget.reserve(0.0), "what costs nothing always may"
        assert budget.in_flight == 22
        budget.settle(1.0)
        assert budget.in_flight == 21
        assert budget.reserve(1.0)
        budget.close()
        assert ledger(tmp_path)["m/baseline.jsonl"] == {"size": size, "usd": 0.5, "reserved": 0.0}
        assert Budget(tmp_path, 100, store).reserve(0.25)
        assert ledger(tmp_path)["m/baseline.jsonl"]["reserved"] == 4
    assert spent_usd(tmp_path) == 3.5


def test_a_cap_is_reached_to_the_cent_and_what_an_earlier_process_sent_counts(tmp_path: Path) -> None:
    with Store(tmp_path / "m/baseline.jsonl") as store:
        budget = Budget(str(tmp_path), 0.3, store)
        budget.hold(0.1)
        assert budget.reserve(0.1)
        assert budget.reserve(0.1), "0.1 three times is 0.3, whatever floating point says"
        assert not budget.reserve(0.1)
        fresh = Budget(tmp_path, 0.3, store)
        fresh.hold(0.25)
        assert not fresh.reserve(0.1)
        fresh.hold(0.5)
        assert fresh.in_flight == 0.75
        assert fresh.reserve(0.0)


def test_nothing_is_given_back_that_was_never_reserved(tmp_path: Path) -> None:
    with Store(tmp_path / "m/baseline.jsonl") as store:
        Budget(tmp_path, 1, store).close()
    assert not (tmp_path / "ledger.json").exists()


def test_the_ledger_knows_how_far_a_file_was_counted(tmp_path: Path) -> None:
    path = tmp_path / "m/baseline.jsonl"
    write_paid(path, 1.0, 2.0)
    size = path.stat().st_size
    known = {"m/baseline.jsonl": {"size": size, "usd": 10.0, "reserved": 0.0}}
    (tmp_path / "ledger.json").write_text(json.dumps(known))
    assert spent_usd(tmp_path) == 10
    with path.open("a") as file:
        file.write('{"key": "c", "outcome": "answered", "usd": 0.25}\n')
    assert spent_usd(tmp_path) == 10.25
    # A file that shrank is another file.
    write_paid(path, 1.0)
    assert spent_usd(tmp_path) == 1
    for broken in ("[]", "{", ""):
        (tmp_path / "ledger.json").write_text(broken)
        assert spent_usd(str(tmp_path)) == 1


def test_a_running_process_counts_with_its_reservation_and_a_batch_without_its_process(tmp_path: Path) -> None:
    path = tmp_path / "m/baseline.jsonl"
    write_paid(path, 1.0)
    held = {"m/baseline.jsonl": {"size": path.stat().st_size, "usd": 1.0, "reserved": 5.0}}
    (tmp_path / "ledger.json").write_text(json.dumps(held))
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path;"
        "from value_portrait.locking import lock; from value_portrait.responses.store import lock_file;"
        "path = Path(sys.argv[1]); lock(path, lock_file(path)); print(flush=True); sys.stdin.read()"
    )
    library = Path(__file__).parents[3] / "workflow/scripts"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path), str(library)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert spent_usd(tmp_path) == 6
        (tmp_path / "ledger.json").unlink()
        assert spent_usd(tmp_path) == 1, "before its first reservation it counts with what it recorded"
        (tmp_path / "ledger.json").write_text(json.dumps(held))
        holder.communicate()
    assert spent_usd(tmp_path) == 1
    for usd in (0.5, 0.25):
        new_intent(path, ["x"], usd, 0.0)
    assert spent_usd(tmp_path) == 1.75
    with Store(tmp_path / "n/baseline.jsonl") as store:
        assert not Budget(tmp_path, 2.0, store).reserve(0.3)
        assert Budget(tmp_path, 2.0, store).reserve(0.25)


def test_a_ledger_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with Store(tmp_path / "m/baseline.jsonl") as store:
        (tmp_path / f".ledger.{os.getpid()}.partial.json").mkdir()
        with pytest.raises(InputError, match=r"ledger\.json: cannot be written \(.+\)\. Make room"):
            Budget(tmp_path, 1, store).reserve(0.5)
