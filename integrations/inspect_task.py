"""The questions of a study as a task of Inspect (docs/harness.md): each sample is one, and carries what it is of."""

import json
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig
from inspect_ai.solver import generate

ABOUT = ("item_id", "prompt_version", "condition", "prompt_sha256", "system_sha256")
ROLES = {"system": ChatMessageSystem, "user": ChatMessageUser}


@task
def questions(file: str = "results/questions/baseline.jsonl") -> Task:
    """Ask every question of a file that ``make questions`` wrote, once, with the paper's parameters."""
    # Inspect works in this file's folder; the path is meant from the project's.
    path = Path(__file__).resolve().parents[1] / file
    asked = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    samples = [
        Sample(
            id=f"{one['condition']}/{one['prompt_version']}/{one['item_id']}",
            input=[ROLES[message["role"]](content=message["content"]) for message in one["messages"]],
            metadata={name: one[name] for name in ABOUT},
        )
        for one in asked
    ]
    return Task(
        dataset=MemoryDataset(samples, name=path.stem),
        solver=generate(),
        config=GenerateConfig(max_tokens=64, temperature=0, seed=42),
    )
