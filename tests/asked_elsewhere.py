"""A model that the engine asks, and the same questions asked by somebody else: what both have to agree on."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from conftest import ROOT, run_snakemake
from live_study import LIVE_ITEMS, LIVE_VERSIONS, write_live_study
from loopback import LASTING, Loopback

MODEL = "lab-1"
QUESTIONS = LIVE_ITEMS * len(LIVE_VERSIONS)
TARGETS = [
    "results/live/scores/ratings.parquet",
    "results/live/scores/profiles.csv",
    "results/live/scores/sensitivity.csv",
    "results/live/scores/answer_counts.csv",
    "results/live/publication/figures/value_profiles.svg",
]


class SameWords(Loopback):
    """Gives the same messages the same answer, whatever else is sent; of every kind of answer some."""

    def __init__(self) -> None:
        super().__init__(faults=dict.fromkeys(LASTING, 0.1), seed=4)

    def _completion(self, body: dict[str, Any], name: str) -> dict[str, Any]:
        if "messages" not in body:
            return super()._completion(body, name)
        said = json.dumps([[message["role"], message["content"]] for message in body["messages"]])
        return super()._completion(body, hashlib.sha256(said.encode()).hexdigest())

    def choice(self, messages: list[dict[str, str]]) -> dict[str, Any]:
        """What it says to messages: ``message`` and ``finish_reason``."""
        return self._completion({"model": MODEL, "messages": messages}, "")["choices"][0]


def run(checkout: Path, *targets: str) -> str:
    """What the workflow says where it fails, else nothing."""
    done = run_snakemake(checkout, "--configfile", "live.yaml", "--", *targets)
    assert "Traceback" not in done.stdout
    return done.stdout if done.returncode else ""


def scores(checkout: Path) -> dict[str, bytes]:
    """The content of every file of scores, and of the figure."""
    assert run(checkout, *TARGETS) == ""
    return {name: (checkout / name).read_bytes() for name in TARGETS}


def ask_by_engine(checkout: Path, server: SameWords, conditions: str) -> dict[str, bytes]:
    """The scores of the model, asked live; then its row says that it is recorded."""
    write_live_study(checkout, server, [MODEL])
    models = checkout / "config/live_models.tsv"
    rows = models.read_text().replace("no\tbaseline", f"no\t{conditions}")
    models.write_text(rows)
    found = scores(checkout)
    models.write_text(rows.replace("\tlive\t", "\trecorded\t"))
    return found


def write_questions(checkout: Path, conditions: str) -> Path:
    """The folder with the written questions of the model."""
    tool = [sys.executable, str(ROOT / "tools/questions.py"), "--configfile", "live.yaml", "--provider", "loopback"]
    command = [*tool, "--model", MODEL, "--conditions", conditions]
    said = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True).stdout
    assert f"baseline.jsonl and .batch.jsonl: {QUESTIONS} questions.\n" in said
    return checkout / "results/live/questions"


def put_answers(checkout: Path, name: str, content: str) -> None:
    """The answers of the model are those of a file, and nothing is left of others."""
    for folder in ("results/live/responses", "results/live/scores", "results/live/publication", "data/recorded"):
        shutil.rmtree(checkout / folder, ignore_errors=True)
    (checkout / "data/recorded").mkdir()
    (checkout / "data/recorded" / name).write_text(content)
