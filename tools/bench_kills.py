"""Kills the engine 1,000 times and the rebuild of the paper 50 times, and prints what came of it.

All moments are drawn from a seed, so that they are the same each time on the same machine. The engine is killed while
it asks a server on the loopback interface, one by one and in batches; a rebuild is killed with all its jobs, anywhere
in the next third of the time that one takes, and so again some five times before it ends, by the same command.
"""

import hashlib
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow/scripts"), str(ROOT / "tests"), str(ROOT / "tools")]

import openai  # noqa: E402, F401  (imported once, for all forks)
from bench_query import Server  # noqa: E402
from conftest import copy_checkout  # noqa: E402
from targets import KEY, make_plan, make_target, run  # noqa: E402
from value_portrait.files import HALF_WRITTEN  # noqa: E402
from value_portrait.responses import batch  # noqa: E402
from value_portrait.responses.budget import Budget, spent_usd  # noqa: E402
from value_portrait.responses.progress import Progress  # noqa: E402
from value_portrait.responses.providers import Target  # noqa: E402
from value_portrait.responses.requests import Planned  # noqa: E402
from value_portrait.responses.store import Store, read_records, store_file  # noqa: E402

SEED = 1
NUMBER, IN_FLIGHT, LATENCY_S = 400, 20, 0.02
ENGINE_KILLS = {"one by one": 800, "in batches": 200}
REBUILD_KILLS = 50


class Killed(NamedTuple):
    """What killing came to: how often, and what should be 0 or within ``in_flight``."""

    kills: int
    studies: int
    lost: int
    doubled: int
    paid_again: int
    in_flight: int


def main() -> bool:
    """Print both tables; whether nothing was lost, doubled or left behind."""
    os.environ["LOOPBACK_API_KEY"] = KEY
    # The server lists a batch at once; and more batches are more moments to be killed at.
    batch.SETTLING_S, batch.MOST_REQUESTS = 0.1, NUMBER // 8
    print(
        f"{'engine, asking':<18}{'kills':>7}{'studies':>9}{'lost':>6}{'twice':>7}{'asked again':>13}{'in flight':>11}"
    )
    good = True
    for way, kills in ENGINE_KILLS.items():
        done = kill_engine(in_batches if way == "in batches" else one_by_one, kills)
        good &= done.lost == done.doubled == 0 and done.paid_again <= done.in_flight
        print(
            f"{way:<18}{done.kills:>7}{done.studies:>9}{done.lost:>6}{done.doubled:>7}{done.paid_again:>13}"
            f"{done.in_flight:>11}",
            flush=True,
        )
    if "VALUE_PORTRAIT_ARCHIVE" in os.environ:
        good &= kill_rebuilds()
    else:
        print("No rebuild was killed: that needs the authors' archive, named by VALUE_PORTRAIT_ARCHIVE.")
    return good


def one_by_one(target: Target, plan: list[Planned], root: Path) -> None:
    """The engine as a job runs it."""
    run(target, plan, root)


def in_batches(target: Target, plan: list[Planned], root: Path) -> None:
    """The engine as a job with ``batch: yes`` runs it."""
    with Store(store_file(root, target.row.model, "baseline")) as store:
        budget = Budget(root, 1000.0, store)
        try:
            batch.ask_batches(target, "baseline", plan, store, budget, Progress("kills"))
        finally:
            budget.close()


def kill_engine(ask: Callable[[Target, list[Planned], Path], None], kills: int) -> Killed:
    """Ask study after study, each in processes that are killed, until there were that many kills."""
    rng = random.Random(SEED)
    fork = multiprocessing.get_context("fork")
    done, studies, lost, doubled, asked = 0, 0, 0, 0, 0
    server = Server(latency_s=LATENCY_S)
    try:
        while done < kills:
            studies += 1
            with tempfile.TemporaryDirectory() as folder:
                root = Path(folder)
                target = make_target(server.url, max_in_flight=IN_FLIGHT, batch="yes" if ask is in_batches else None)
                plan = make_plan(target, NUMBER)
                path = store_file(root, target.row.model, "baseline")
                whole = b""
                while True:
                    process = fork.Process(target=quietly, args=(ask, target, plan, root))
                    process.start()
                    if done < kills:
                        process.join(rng.uniform(0, 2 * LATENCY_S * NUMBER / IN_FLIGHT))
                    else:
                        process.join()
                    killed = process.is_alive()
                    process.kill()
                    process.join()
                    now = path.read_bytes() if path.exists() else b""
                    # Whole lines stay as they are, and only what follows the last of them may go.
                    lost += not now.startswith(whole)
                    whole = now[: now.rfind(b"\n") + 1]
                    done += killed
                    if not killed:
                        break
                records = list(read_records(path))
                keys = [record["key"] for record in records if record["outcome"] == "answered"]
                lost += len({planned.key for planned in plan} - set(keys))
                doubled += len(keys) - len(set(keys))
                doubled += round(spent_usd(root), 6) != round(sum(record["usd"] or 0.0 for record in records), 6)
                asked += len(set(keys))
        paid_again = int(server.counts()["requests"]) - asked
    finally:
        server.stop()
    # A batch is in the journal before it is submitted.
    return Killed(done, studies, lost, doubled, paid_again, 0 if ask is in_batches else done * IN_FLIGHT)


def quietly(ask: Callable[[Target, list[Planned], Path], None], *arguments: Any) -> None:
    """Ask without a word of its progress."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    ask(*arguments)


def kill_rebuilds() -> bool:
    """Kill the rebuild of the paper again and again; whether each that ended made what the undisturbed one did."""
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        undisturbed = copy_checkout(Path(folder, "undisturbed"))
        start = time.monotonic()
        if not rebuild(undisturbed, None):
            raise SystemExit("The undisturbed rebuild failed.")
        length = time.monotonic() - start
        expected = made(undisturbed)
        print(f"\nrebuild of the paper, {length:.0f} s and {len(expected)} files undisturbed, 2 cores")
        print(f"{'':<18}{'kills':>7}{'rebuilds':>9}{'failed':>8}{'files that differ':>19}{'half-written':>14}")
        kills, rebuilds, failed, differing, torn = 0, 0, 0, 0, 0
        while kills < REBUILD_KILLS:
            checkout = copy_checkout(Path(folder, "killed"))
            while True:
                ended = rebuild(checkout, rng.uniform(0, length / 3) if kills < REBUILD_KILLS else None)
                if ended is not None:
                    break
                kills += 1
            found = made(checkout)
            rebuilds += 1
            failed += not ended
            differing += sum(found.get(name) != expected.get(name) for name in found.keys() | expected)
            torn += len(list(checkout.joinpath("results").rglob(HALF_WRITTEN)))
            shutil.rmtree(checkout)
            print(f"{'':<18}{kills:>7}{rebuilds:>9}{failed:>8}{differing:>19}{torn:>14}", flush=True)
    return failed == differing == torn == 0


def rebuild(checkout: Path, kill_after_s: float | None) -> bool | None:
    """Run the command; whether it succeeded, or None where it was killed with all its jobs."""
    command = [sys.executable, "-m", "snakemake", "--cores", "2"]
    with open(checkout / "said.txt", "w") as said:
        run = subprocess.Popen(command, cwd=checkout, stdout=said, stderr=said, start_new_session=True)
        try:
            if run.wait(kill_after_s):
                print((checkout / "said.txt").read_text()[-3000:])
            return run.returncode == 0
        except subprocess.TimeoutExpired:
            return None
        finally:
            if run.poll() is None:
                os.killpg(run.pid, signal.SIGKILL)
                run.wait()


def made(checkout: Path) -> dict[str, bytes]:
    """The fingerprint of every file of the results, but for logs and for how long rules took."""
    results = checkout / "results"
    files = [path for path in results.rglob("*") if path.is_file()]
    return {
        name: hashlib.sha256(path.read_bytes()).digest()
        for path in files
        if not (name := str(path.relative_to(results))).startswith(("logs/", "benchmarks/"))
    }


if __name__ == "__main__":
    sys.exit(not main())
