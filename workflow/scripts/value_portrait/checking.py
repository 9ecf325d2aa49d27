"""Content from outside, checked against the type that it must have: YAML, rows of tables, one error for people."""

import argparse
import datetime
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from value_portrait.errors import InputError, shown
from value_portrait.files import slug
from value_portrait.reading import NUMBER, WHOLE, is_plain, read_cells, read_text, why_no_name

# What makes Snakemake run what stands in a file of YAML.
_TEMPLATE = "__use_yte__"
# Faults of which a field's description says more than the type's own message.
_OF_A_KIND = ("_type", "_parsing", "literal_error", "_pattern_mismatch")
_LONGEST_TEXT, _LARGEST_WHOLE, _MOST_LEVELS, _MOST_VALUES = 20_000, 2**53, 30, 100_000


def _label(text: str) -> str:
    if why := why_no_name(text):
        raise ValueError(f"{shown(text)} {why}")
    return text


def check_file_name(text: str) -> str:
    """The text, if Snakemake does not take the file of that name for one of a rule that feeds itself.

    Raises
    ------
    ValueError : it does.
    """
    if re.search(r"(.+)\1{19}$", slug(text)):
        raise ValueError(f"{shown(text)} ends, as a file's name, in the same letters 20 times: {shown(slug(text))}")
    return text


def _path(text: str) -> str:
    # Braces are wildcards to Snakemake, angle brackets its variables, and it looks for patterns elsewhere.
    if not text.isprintable() or text != text.strip() or text[0] in "~-" or set(text) & set("{}<>*?[]|\"'`$\\;&"):
        raise ValueError(f"{shown(text)} is no path of printable characters without spaces around it, or holds a mark")
    if max(map(len, text.split("/"))) > 200:
        raise ValueError(f"{shown(text)} is too long for the name of a file")
    return text


def _date(text: str) -> str:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is no date") from None
    return text


Folder = Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(_path)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=60), AfterValidator(_label)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_label)]
FileLabel = Annotated[Label, AfterValidator(check_file_name)]
FileName = Annotated[Name, AfterValidator(check_file_name)]
Date = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_date)]
USD = Annotated[float, Field(ge=0, le=1_000_000_000)]


class Checked(BaseModel):
    """What is strict about every part: no unknown key, no text for a number, no NaN, nothing changed later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False, protected_namespaces=())


Part = TypeVar("Part", bound=Checked)
# Where content is from: a name, or the contents of files by their names, each laid over those before it.
Where = str | Mapping[str, Any]
_NOTHING = object()


def each_once(names: list[str]) -> list[str]:
    """The names, or a complaint where one stands there twice."""
    if len(set(names)) < len(names):
        raise ValueError(f"'{next(name for name in names if names.count(name) > 1)}' stands there twice")
    return names


def read_config(path: str | Path, remedy: str = "Restore it from git.") -> dict[str, Any]:
    """The content of a file of the config; what it says is for ``configuration.check_config`` to judge.

    Parameters
    ----------
    remedy : what to do where there is no such file.

    Raises
    ------
    InputError : as ``read_yaml``, or there is no mapping in it, or a template, which Snakemake would run.
    """
    content = read_yaml(path, remedy)
    if not isinstance(content, dict):
        raise InputError(path, "holds no keys.", "Write 'key: value' lines, or remove the file.")
    if _TEMPLATE in content:
        raise InputError(path, f"is a template that runs code ({_TEMPLATE}).", "Write its values out.")
    return content


def read_given(arguments: Sequence[str]) -> None:
    """Read the files that ``--configfile`` names on Snakemake's command line; raises as ``read_config``."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", default=[])
    for path in parser.parse_known_args(arguments)[0].configfile:
        read_config(path, "Correct --configfile, or the file.")


def as_in_a_file(given: Any) -> Any:
    """What ``--config`` gives, with numbers, truth values and null where Snakemake has their text: within braces."""
    if isinstance(given, Mapping):
        return {key: as_in_a_file(value) for key, value in given.items()}
    if isinstance(given, list):
        return [as_in_a_file(value) for value in given]
    if not isinstance(given, str):
        return given
    try:
        value = yaml.safe_load(given)
    except (yaml.YAMLError, ValueError, RecursionError):
        return given
    return value if value is None or isinstance(value, bool | int | float) else given


def file_of(where: Where, path: Sequence[str]) -> str:
    """The file that set a key: of several that are laid over each other the last with it.

    All files where none has it, and all that have it where it is a section, which each of them may add to.
    """
    if isinstance(where, str):
        return where
    held = {name: _held(content, path) for name, content in where.items() if path}
    holders = [name for name, value in held.items() if value is not _NOTHING]
    if holders and not isinstance(held[holders[-1]], dict):
        return holders[-1]
    return " + ".join(holders or where) or "config"


def _held(content: Any, path: Sequence[str]) -> Any:
    """What stands at a key, or above it where that is no section."""
    for key in path:
        if not isinstance(content, dict):
            break
        content = {str(own): value for own, value in content.items()}.get(key, _NOTHING)
    return content


def check(kind: type[Part], content: Any, where: Where) -> Part:
    """The content as the type that it must have.

    Raises
    ------
    InputError : with ``where`` (see ``file_of``), the key, what is wrong with it and what it may be.
    """
    _check_values(content, where, [], [0])
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        # Of several faults the first by its place; of one place an unknown key, which may be one that is missing,
        # misspelt, or else the first of its fields. A union's branch names in the place are not the user's.
        problem = min(error.errors(), key=_by_place)
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
        known = ", ".join(_fields_at(kind, path)) if problem["type"] == "model_type" else ""
        remedy = f"It may be: {described}." if described else f"Its keys are: {known}." if known else "Correct it."
        quoted = "an empty value" if value is None or value == [] else shown(value)
        why = f" ({problem['msg'][0].lower()}{problem['msg'][1:]})".replace(" after validation", "")
        if problem["type"] in ("model_type", "dict_type"):
            why = " (keys with values are expected)"
        elif problem["type"].endswith(_OF_A_KIND) and described and path[-1] in _fields_at(kind, path[:-1]):
            why = ""
        message = f"{problem['ctx']['error']}." if problem["type"] == "value_error" else f"{quoted} does not fit{why}."
    # What is missing has no file but that of its section.
    raise InputError(at(file_of(where, place if problem["type"] == "missing" else path), place), message, remedy)


def _by_place(problem: Mapping[str, Any]) -> tuple[list[str], bool]:
    return list(map(str, problem["loc"]))[:-1], problem["type"] != "extra_forbidden"


def _check_values(value: Any, where: Where, path: list[str], count: list[int]) -> None:
    """Refuse what no part may hold: numbers without end, texts that a terminal obeys, and too much of anything."""
    count[0] += 1
    if len(path) > _MOST_LEVELS or count[0] > _MOST_VALUES:
        raise InputError(at(where, path[:3]), "is nested too deeply, or holds too much.", "Write it plainly.")
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(key, str) and not (key.isprintable() and len(key) <= 200):
                raise InputError(at(where, path), f"{shown(key)} is no printable key.", "Rename it.")
            _check_values(inner, where, [*path, str(key)], count)
    elif isinstance(value, str):
        if len(value) > _LONGEST_TEXT:
            raise InputError(at(where, path), f"is longer than {_LONGEST_TEXT} characters.", "Shorten it.")
        if not is_plain(value):
            raise InputError(at(where, path), "holds what cannot be printed.", "Write it anew.")
    elif isinstance(value, int | float):
        # A whole number may be too large to be made a float.
        if not (abs(value) <= _LARGEST_WHOLE if isinstance(value, int) else math.isfinite(value)):
            raise InputError(at(where, path), "is no finite number, or too large.", "Correct it.")
    elif value is not None:
        raise InputError(at(where, path), f"{shown(value)} is no text, number or yes and no.", "Put it in quotes.")


def at(where: Where, path: Sequence[str]) -> str:
    """Where a key stands, as a complaint says it."""
    name = file_of(where, path)
    return f"{name}: {'.'.join(path)}" if path else name


def read_yaml(path: str | Path, remedy: str) -> Any:
    """The content of a YAML file; ``remedy`` says what to do where there is none.

    Raises
    ------
    InputError : as ``reading.read_text``, or it is no YAML, a key stands there twice, or a value is none to print.
    """
    text = read_text(path, remedy)
    try:
        content = yaml.load(text, _UniqueKeys)
    except yaml.constructor.ConstructorError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise InputError(f"{path}, line {line}", f"{problem.problem}.", "Correct it.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        # The parser's own message quotes the text, and with it perhaps a key.
        mark = getattr(problem, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark else path
        raise InputError(where, "is no YAML.", "Correct its indentation, quotes and brackets.") from None
    _check_values(content, str(path), [], [0])
    return content


class _UniqueKeys(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which a key stands once: of two the last would win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping, or a complaint about the second of two equal keys."""
        seen = set()
        for key, _ in node.value:
            if isinstance(key.value, str) and key.value in seen:
                problem = f"the key {shown(key.value)} stands there twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            if isinstance(key.value, str):
                seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


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
    fields = kind.model_fields
    (first, header), *rows = read_cells(path, "\t", f"Correct the key '{key}' of the config.")
    for where, texts in ((first, header), *rows):
        if len(texts) == 1 < len(fields):
            raise InputError(where, "has no tab.", "Save the table with tabs, not commas or spaces, between its cells.")
    if header != list(fields):
        wrong = sorted(set(header) ^ set(fields)) or "their order"
        raise InputError(first, f"has other columns than {', '.join(fields)}.", f"See {shown(wrong)}.")
    read: list[tuple[str, Part]] = []
    for where, texts in rows:
        if len(texts) > len(header):
            raise InputError(where, f"has more than {len(header)} cells.", "Remove the surplus tabs.")
        texts += [""] * (len(header) - len(texts))
        cells = {name: _cell(text, fields[name].annotation) for name, text in zip(header, texts, strict=True)}
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
    if re.search(r"\bfloat\b", kinds) and NUMBER.fullmatch(text):
        return float(text)
    if re.search(r"\bint\b", kinds) and WHOLE.fullmatch(text):
        return int(text)
    return text


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
