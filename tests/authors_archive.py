"""A small archive in the authors' layout, with made-up people, items and models, for tests of what reads it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from instruments import VALUE_PORTRAIT
from value_portrait.paper import raw_files
from value_portrait.paper.archive import TREE

GROUPS, QUERIES, RESPONSES, RATERS = 2, 4, 3, 20
VERSIONS = ("v1", "v1_reversed", "v2")
MODELS = ("fir-1", "fir-2", "fir-3")
OWN = [(family, name) for family, name in VALUE_PORTRAIT.dimensions if family != "higher_pvq"]


def answer_file(model: str, version: str) -> str:
    """Where the archive has a model's answers to a prompt version."""
    return f"lm_evaluation/outputs/final/{model}/{model}_{version}_results.json"


def write_archive(raw: Path, files: Mapping[str, Any] | None = None) -> None:
    """Write an archive of these files, or those below, unpacked, and its SHA256SUMS into a folder of raw data."""
    sums = []
    for path, content in (files or archive_files()).items():
        data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
        target = raw / TREE / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        sums.append(f"{hashlib.sha256(data).hexdigest()}  {path}\n")
    (raw / "SHA256SUMS").write_text("".join(sums))


def archive_files(versions: Sequence[str] = VERSIONS) -> dict[str, Any]:
    """The content of every file, by its path: JSON values, or the text of a prompt template."""
    rng = np.random.default_rng(7)
    # The first digit tells the source; the first and the second have titles.
    queries = [int(f"{1 + number % 4}{number // 4 + 1:03d}") for number in range(GROUPS * QUERIES)]
    names = [f"P{number:03d}" for number in range(1, GROUPS * RATERS + 1)]
    scores = rng.normal(size=(len(names), len(OWN)))
    # Every item speaks for one dimension.
    dimension = rng.permutation(GROUPS * QUERIES * RESPONSES) % len(OWN)
    survey: list[dict[str, Any]] = []
    for group in range(GROUPS):
        sitting = range(group * RATERS, (group + 1) * RATERS)
        options: dict[str, Any] = {}
        for place in range(group * QUERIES, (group + 1) * QUERIES):
            options[str(queries[place])] = [
                {
                    "option_id": response,
                    "data": [
                        [rating(rng, scores[person, dimension[place * RESPONSES + response - 1]]), names[person]]
                        for person in sitting
                    ],
                }
                for response in range(1, RESPONSES + 1)
            ]
        survey.append(options)
    files: dict[str, Any] = {
        raw_files.SURVEY: survey,
        raw_files.PARTICIPANTS: {name: profile(own) for name, own in zip(names, scores, strict=True)},
        raw_files.ITEMS: [
            {
                "portrait_id": query,
                "content": content(query),
                "outputs": [{"id": n, "content": f"Made-up reply {n}."} for n in range(1, RESPONSES + 1)],
            }
            for query in queries
        ],
        raw_files.TOPICS: [{"content": content(query), "categories": ["Home", "Work"]} for query in queries],
    }
    pilots = {1: ["P901", "P902"], 2: ["P903", "P904"]}
    for pilot in (1, 2):
        question = {"question_id": f"{pilot}_a", "responses": [[rating(rng, 0), name] for name in pilots[pilot]]}
        files[raw_files.PILOT_SURVEYS[pilot]] = {"questions": {"share": {"Pow": {"likely": question}}}}
        files[raw_files.PILOT_PARTICIPANTS[pilot]] = {
            name: {family: profile(own)[family] for family in raw_files.PILOT_FAMILIES}
            for name, own in zip(pilots[pilot], scores, strict=False)
        }
    for version in versions:
        options_of = VALUE_PORTRAIT.options[:: -1 if version.endswith("_reversed") else 1]
        for template, fields in VALUE_PORTRAIT.templates:
            shown = " ".join(f"{{{field}}}" for field in fields)
            files[raw_files.prompt_path(version, template)] = "\n".join([version, shown, *options_of])
        for model in MODELS:
            leaning = rng.normal(size=len(OWN))
            files[answer_file(model, version)] = [
                {
                    "portrait_id": query,
                    "option_id": response,
                    "raw_response": VALUE_PORTRAIT.options[
                        rating(rng, leaning[dimension[place * RESPONSES + response - 1]]) - VALUE_PORTRAIT.lowest
                    ],
                }
                for place, query in enumerate(queries)
                for response in range(1, RESPONSES + 1)
            ]
    return files


def rating(rng: np.random.Generator, score: float) -> int:
    """A rating by somebody with a standardised score on what the item speaks for."""
    return int(np.clip(np.rint(3.5 + score + rng.normal(0, 0.6)), VALUE_PORTRAIT.lowest, VALUE_PORTRAIT.highest))


def profile(scores: np.ndarray) -> dict[str, dict[str, float]]:
    """A person's questionnaire scores by family; higher-order values are means of their values."""
    own = dict(zip((name for _, name in OWN), scores.clip(-5, 5).tolist(), strict=True))
    return {
        family.name: {
            dimension.name: float(np.mean([own[name] for name in dimension.made_of or [dimension.name]]))
            for dimension in family.dimensions
        }
        for family in VALUE_PORTRAIT.families
    }


def content(query: int) -> dict[str, str | None]:
    """The text of a query, and a title where its source has titles."""
    return {"title": f"Made-up title {query}" if str(query)[0] in "12" else None, "text": f"Made-up query {query}."}
