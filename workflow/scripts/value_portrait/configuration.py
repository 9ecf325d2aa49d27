"""The config and the tables beside it: read, checked against their schemas, and turned into file names."""

import csv
import json
import re
from collections.abc import Container, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from value_portrait.errors import InputError

Model = dict[str, Any]

SCHEMAS = Path(__file__).parents[2] / "schemas"


def slug(name: str) -> str:
    """A file name: letters, digits, ``.``, ``_``, ``-`` and ``@`` stay, everything else becomes ``_``."""
    safe = re.sub(r"[^A-Za-z0-9._@-]", "_", name)
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
    """The rows of ``models.tsv`` as dictionaries: numbers as numbers, empty cells as None.

    ``conditions`` is the list of names in the cell; ``conditions.model_conditions`` tells what they stand for.

    Parameters
    ----------
    exported : file names of models whose recorded answers come with an export, not with the study.

    Raises
    ------
    InputError : with the row, for an unknown or missing column, a bad cell, a name or file name given twice, or
        answers that the study does not have.
    """
    models: list[Model] = []
    slugs: dict[str, str] = {}
    for where, model in read_rows(path, "models"):
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
    return models


def read_rows(path: str | Path, table: str) -> list[tuple[str, dict[str, Any]]]:
    """The rows of a table of the config, each with the words that say where it stands.

    Parameters
    ----------
    table : the table's key in the config, and the name of its schema.

    Raises
    ------
    InputError : no such file, other columns than the schema's, a bad cell, or no row.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(path, "is missing.", f"Correct the key '{table}' of the config.")
    properties = json.loads((SCHEMAS / f"{table}.schema.json").read_text())["properties"]
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", restval="", restkey="(more)")
        rows = list(reader)
    header = list(reader.fieldnames or [])
    if header != list(properties):
        wrong = sorted(set(header) ^ set(properties)) or "their order"
        raise InputError(f"{path}, row 1", f"has other columns than {', '.join(properties)}.", f"See {wrong}.")
    read: list[tuple[str, dict[str, Any]]] = []
    for number, row in enumerate(rows, 2):
        where = f"{path}, row {number}"
        if "(more)" in row:
            raise InputError(where, f"has more than {len(header)} cells.", "Remove the surplus tabs.")
        cells = {name: _cell(text, properties[name]) for name, text in row.items()}
        check(cells, table, where)
        read.append((where, cells))
    if not read:
        raise InputError(path, "has no row.", "Add one.")
    return read


def _cell(text: str, schema: Mapping[str, Any]) -> Any:
    if schema.get("type") == "array":
        return [part.strip() for part in text.split(";") if part.strip()]
    if text == "":
        return None
    for kind, number in (("number", float), ("integer", int)):
        if kind in schema.get("type", ()):
            try:
                return number(text)
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
