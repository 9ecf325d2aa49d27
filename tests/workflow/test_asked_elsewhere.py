"""Questions written down, asked by somebody else, and imported: the same scores as through the engine."""

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, run_snakemake
from live_study import LIVE_ITEMS, LIVE_VERSIONS, write_live_study
from loopback import LASTING, Loopback

MODEL = "lab-1"
SCORES = ("ratings.parquet", "profiles.csv", "sensitivity.csv", "answer_counts.csv", "reliability.csv")
TARGETS = [f"results/live/scores/{name}" for name in SCORES]


def run(checkout: Path, *targets: str) -> str:
    done = run_snakemake(checkout, "--configfile", "live.yaml", "--", *targets)
    assert "Traceback" not in done.stdout
    return done.stdout if done.returncode else ""


def scores(checkout: Path) -> dict[str, bytes]:
    assert run(checkout, *TARGETS) == ""
    return {name: (checkout / name).read_bytes() for name in TARGETS}


def recorded(checkout: Path, name: str, content: str) -> None:
    """The answers of the model are those of a file, and nothing is left of others."""
    for folder in ("results/live/responses", "results/live/scores", "data/recorded"):
        shutil.rmtree(checkout / folder, ignore_errors=True)
    (checkout / "data/recorded").mkdir()
    (checkout / "data/recorded" / name).write_text(content)


def reply(server: Loopback, line: str) -> tuple[dict, dict]:
    """What the server says to a line of a batch file, and the line of the replies."""
    asked = json.loads(line)
    # The body's own bytes: the server's answers hang on them.
    body = line.encode().split(b'"body":', 1)[1].rstrip()[:-1]
    said = server._completion(asked["body"], hashlib.sha256(body).hexdigest())
    response = {"status_code": 200, "body": said}
    return said["choices"][0], {"custom_id": asked["custom_id"], "response": response, "error": None}


@pytest.fixture
def asked(checkout: Path) -> tuple[Path, Loopback, dict[str, bytes]]:
    """A checkout in which the engine asked a model that gives every kind of answer, and the scores."""
    with Loopback(faults=dict.fromkeys(LASTING, 0.1), seed=4) as server:
        write_live_study(checkout, server, [MODEL])
        found = scores(checkout)
        assert server.requests == LIVE_ITEMS * len(LIVE_VERSIONS) + 1
    models = checkout / "config/live_models.tsv"
    models.write_text(models.read_text().replace("\tlive\t", "\trecorded\t"))
    return checkout, server, found


def test_the_same_answers_give_the_same_scores_to_the_last_bit(asked: tuple) -> None:
    checkout, server, live = asked
    tool = [sys.executable, str(ROOT / "tools/questions.py"), "--configfile", "live.yaml", "--provider", "loopback"]
    written = subprocess.run([*tool, "--model", MODEL], cwd=checkout, capture_output=True, text=True, check=True)
    assert written.stdout.endswith(f"baseline.jsonl and .batch.jsonl: {LIVE_ITEMS * len(LIVE_VERSIONS)} questions.\n")
    folder = checkout / "results/live/questions"
    batch = (folder / "baseline.batch.jsonl").read_text().splitlines()
    replies = [reply(server, line) for line in batch]
    # As a batch is given back: in any order.
    recorded(checkout, f"{MODEL}.jsonl", "\n".join(json.dumps(line) for _, line in reversed(replies)))
    assert scores(checkout) == live
    questions = [json.loads(line) for line in (folder / "baseline.jsonl").read_text().splitlines()]
    plain = []
    for question, (choice, _) in zip(questions, replies, strict=True):
        assert question.pop("messages")[-1]["role"] == "user"
        plain.append(question | {"raw_response": choice["message"]["content"] or ""})
        plain[-1]["finish_reason"] = choice["finish_reason"]
    recorded(checkout, f"{MODEL}.jsonl", "".join(json.dumps(row) + "\n" for row in plain))
    assert scores(checkout) == live
    refuses(checkout, plain)


def refuses(checkout: Path, rows: list[dict]) -> None:
    """Every fault of a CSV file is one line, which names its row."""
    plain = [row for row in rows if "\0" not in row["raw_response"]]
    other = plain[2] | {"prompt_sha256": "0" * 64}
    wrong = [*plain[:2], other, *plain[3:], plain[0], plain[1] | {"item_id": "none"}]
    recorded(checkout, f"{MODEL}.csv", "")
    with (checkout / f"data/recorded/{MODEL}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(plain[0]))
        writer.writeheader()
        writer.writerows(wrong)
    said = run(checkout, TARGETS[0])
    last = len(plain) + 1
    for row, words in (
        (4, "the prompt_sha256"),
        (last + 1, f"answers {plain[0]['item_id']} under v1 a second time"),
        (last + 2, "answers 'none', which is no item"),
    ):
        assert said.count(f"{MODEL}.csv, row {row}: {words}") == 1, said
    assert said.count(f"{MODEL}.csv: has 3 faults. Correct them, and run again.") == 1
