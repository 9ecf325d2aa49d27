"""The config and the table of models: read, checked against their schemas, and turned into file names."""

import csv
import json
import re
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from .errors import InputError

Model = dict[str, Any]

SCHEMAS = Path(__file__).parents[2] / "schemas"


def slug(name: str) -> str:
    """The file name of a model: letters, digits, ``.``, ``_`` and ``-`` stay, everything else becomes ``_``."""
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    return "_" + safe[1:] if safe.startswith((".", "-")) else safe


def check_config(config: Mapping[str, Any], name: str) -> None:
    """Check the config against ``schemas/config.schema.json`` and against itself.

    Raises
    ------
    InputError : with the key, what is wrong with it and what it may be.
    """
    check(config, "config", name)
    if config["study"] == "simulated":
        if "simulation" not in config:
            raise InputError(name, "study is simulated, but there is no section 'simulation'.", "Add it.")
        if config["items"]["correlations"] == "published":
            raise InputError(
                f"{name}: items.correlations",
                "is 'published', but nobody has published correlations of a simulated study.",
                "Use 'recomputed'.",
            )


def check_folder(path: str | Path, key: str) -> None:
    """Raise an InputError where ``path`` or a parent of it exists and is not a folder."""
    for folder in (Path(path), *Path(path).parents):
        if folder.exists() and not folder.is_dir():
            raise InputError(folder, "is a file where a folder is needed.", f"Move it away, or change {key}.")


def read_models(path: str | Path, study: str, exported: Container[str] = ()) -> list[Model]:
    """The rows of ``models.tsv`` as dictionaries: numbers as numbers, empty cells as None, conditions as a list.

    Parameters
    ----------
    exported : file names of models whose recorded answers come with an export, not with the study.

    Raises
    ------
    InputError : with the row, for an unknown or missing column, a bad cell, a name or file name given twice, or
        answers that the study does not have.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(path, "is missing.", "Correct the key 'models' of the config.")
    properties = json.loads((SCHEMAS / "models.schema.json").read_text())["properties"]
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", restval="", restkey="(more)")
        rows = list(reader)
    header = list(reader.fieldnames or [])
    if header != list(properties):
        wrong = sorted(set(header) ^ set(properties)) or "their order"
        raise InputError(f"{path}, row 1", f"has other columns than {', '.join(properties)}.", f"See {wrong}.")
    models: list[Model] = []
    slugs: dict[str, str] = {}
    for number, row in enumerate(rows, 2):
        where = f"{path}, row {number}"
        if "(more)" in row:
            raise InputError(where, f"has more than {len(header)} cells.", "Remove the surplus tabs.")
        model: Model = {name: _cell(text, properties[name]) for name, text in row.items()}
        model["conditions"] = [part.strip() for part in row["conditions"].split(";") if part.strip()]
        check(model, "models", where)
        name = model["model"]
        if (other := slugs.get(slug(name), name)) != name:
            raise InputError(where, f"'{name}' and '{other}' get one file name, {slug(name)}.", "Rename one.")
        if slug(name) in slugs:
            raise InputError(where, f"'{name}' stands in an earlier row too.", "Keep one of them.")
        slugs[slug(name)] = name
        has_answers = {"simulated": study == "simulated", "recorded": study != "simulated" or slug(name) in exported}
        if not has_answers.get(model["answers"], True):
            raise InputError(where, f"answers are {model['answers']}, but the study is {study}.", "Change one.")
        models.append(model)
    if not models:
        raise InputError(path, "has no model.", "Add a row.")
    return models


def _cell(text: str, schema: Mapping[str, Any]) -> str | float | None:
    if text == "":
        return None
    if "number" in schema.get("type", ()):
        try:
            return float(text)
        except ValueError:
            return text
    return text


def check(value: Any, schema: str, where: str) -> None:
    """Check ``value`` against ``schemas/<schema>.schema.json``.

    Raises
    ------
    InputError : with ``where``, the key, what is wrong with it and what it may be.
    """
    problem = min(_validator(schema).iter_errors(value), key=lambda error: list(map(str, error.path)), default=None)
    if problem is None:
        return
    key = ".".join(map(str, problem.path))
    remedy = problem.schema.get("description") if isinstance(problem.schema, dict) else None
    raise InputError(
        f"{where}: {key}" if key else where,
        f"{problem.message}.".replace("None is", "an empty cell is"),
        f"It may be: {remedy}." if remedy and key else f"See workflow/schemas/{schema}.schema.json.",
    )


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{schema}.schema.json").read_text()))
