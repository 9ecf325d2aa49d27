"""Content from outside, checked against the type that it must have: YAML, rows of tables, one error for people."""

import csv
import re
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from value_portrait.errors import InputError

Folder = Annotated[str, StringConstraints(min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=60)]
Label = Annotated[str, StringConstraints(pattern=r"^\S(.*\S)?$", max_length=120)]


class Checked(BaseModel):
    """What is strict about every part: no unknown key, no text for a number, no NaN, nothing changed later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, protected_namespaces=())


Part = TypeVar("Part", bound=Checked)


def each_once(names: list[str]) -> list[str]:
    """The names, or a complaint where one stands there twice."""
    if len(set(names)) < len(names):
        raise ValueError(f"'{next(name for name in names if names.count(name) > 1)}' stands there twice")
    return names


def check(kind: type[Part], content: Any, where: str) -> Part:
    """The content as the type that it must have.

    Raises
    ------
    InputError : with ``where``, the key, what is wrong with it and what it may be.
    """
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        # Of several faults the first by its place; a union's branch names in the place are not the user's.
        problem = min(error.errors(), key=lambda one: list(map(str, one["loc"])))
    path = [str(key) for key in problem["loc"] if not _is_branch(str(key))]
    value = problem["input"]
    messages = {
        "missing": f"'{path[-1] if path else ''}' is missing.",
        "extra_forbidden": f"'{path[-1] if path else ''}' is no key that is known here.",
    }
    # Only where it stands: a complaint about a key that is missing or unknown belongs to what should hold it.
    if problem["type"] in messages:
        known = ", ".join(_fields_at(kind, path[:-1]))
        place, remedy = path[:-1], f"The keys are: {known}." if known else "Correct it."
        message = messages[problem["type"]]
    else:
        place = path
        described = _description(kind, path)
        remedy = f"It may be: {described}." if described else "Correct it."
        shown = "an empty cell" if value is None else _shown(value)
        said = str(problem["ctx"]["error"]) if problem["type"] == "value_error" else ""
        message = f"{said}." if said else f"{shown} does not fit ({problem['msg'][0].lower()}{problem['msg'][1:]})."
    key = ".".join(place)
    raise InputError(f"{where}: {key}" if key else where, message, remedy)


def read_yaml(path: str | Path, key: str) -> Any:
    """The content of a YAML file that a key of the config names.

    Raises
    ------
    InputError : the file is missing or is no YAML.
    """
    path = Path(path)
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _UniqueKeys)
    except FileNotFoundError:
        raise InputError(path, "is missing.", f"Correct the key '{key}' of the config.") from None
    except OSError as problem:
        raise InputError(path, f"cannot be read ({problem.strerror}).", "It must be a file.") from None
    except yaml.constructor.ConstructorError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise InputError(f"{path}, line {line}", f"{problem.problem}.", "Correct it.") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        # The parser's own message quotes the text, and with it perhaps a key.
        raise InputError(path, "is no YAML.", "Correct its indentation, quotes and encoding (UTF-8).") from None


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which a key stands once: of two the last would win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping, or a complaint about the second of two equal keys."""
        seen = set()
        for key, _ in node.value:
            if isinstance(key.value, str) and key.value in seen:
                problem = f"the key '{key.value}' stands there twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            if isinstance(key.value, str):
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_rows(path: str | Path, key: str, kind: type[Part], may_be_empty: bool = False) -> list[tuple[str, Part]]:
    """The rows of a tab-separated table of the config, each with the words that say where it stands.

    Numbers are numbers, empty cells are None, cells of a list are parted by ``;``.

    Parameters
    ----------
    key : the table's key in the config.

    Raises
    ------
    InputError : no such file, other columns than the type's fields, a bad cell, or no row where there must be one.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(path, "is missing.", f"Correct the key '{key}' of the config.")
    fields = kind.model_fields
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", restval="", restkey="(more)")
        rows = list(reader)
    header = list(reader.fieldnames or [])
    if header != list(fields):
        wrong = sorted(set(header) ^ set(fields)) or "their order"
        raise InputError(f"{path}, row 1", f"has other columns than {', '.join(fields)}.", f"See {wrong}.")
    read: list[tuple[str, Part]] = []
    for number, row in enumerate(rows, 2):
        where = f"{path}, row {number}"
        if "(more)" in row:
            raise InputError(where, f"has more than {len(header)} cells.", "Remove the surplus tabs.")
        cells = {name: _cell(text, fields[name].annotation) for name, text in row.items()}
        read.append((where, check(kind, cells, where)))
    if not read and not may_be_empty:
        raise InputError(path, "has no row.", "Add one.")
    return read


def _cell(text: str, annotation: Any) -> Any:
    if getattr(annotation, "__origin__", None) is list:
        return [part.strip() for part in text.split(";") if part.strip()]
    if text == "":
        return None
    kinds = str(annotation)
    for name, number in (("float", float), ("int", int)):
        if re.search(rf"\b{name}\b", kinds):
            try:
                return number(text)
            except ValueError:
                return text
    return text


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"


def _is_branch(key: str) -> bool:
    """Whether a part of an error's place is pydantic's name of a type, not a key of the user's."""
    return "[" in key or "(" in key


def _fields_at(kind: type[BaseModel], path: list[str]) -> list[str]:
    """The keys of the part at a place."""
    part = _type_at(kind, path)
    return list(part.model_fields) if part else []


def _description(kind: type[BaseModel], path: list[str]) -> str | None:
    """What the innermost field on the way to a place is described as."""
    for end in range(len(path), 0, -1):
        part = _type_at(kind, path[: end - 1])
        if part and path[end - 1] in part.model_fields:
            return part.model_fields[path[end - 1]].description
    return None


def _type_at(kind: type[BaseModel], path: list[str]) -> type[BaseModel] | None:
    for key in path:
        field = kind.model_fields.get(key)
        found = _part_of(field.annotation) if field else kind if key else None
        if found is None:
            return None
        kind = found
    return kind


def _part_of(annotation: Any) -> type[BaseModel] | None:
    """The part that an annotation holds, inside a list, mapping or union."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((part for inner in get_args(annotation) if (part := _part_of(inner))), None)
