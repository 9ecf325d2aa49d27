"""Writes docs/reference.md and workflow/schemas/*.json from the types and schemas in the library."""

import json
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "workflow/scripts"))

from value_portrait.checking import Checked  # noqa: E402
from value_portrait.config_tables import Claim, Model, Persona  # noqa: E402
from value_portrait.configuration import Config  # noqa: E402
from value_portrait.instrument import as_instrument  # noqa: E402
from value_portrait.instrument_file import InstrumentFile, read_instrument  # noqa: E402
from value_portrait.responses.providers import ProvidersFile  # noqa: E402
from value_portrait.tables import Schema, schemas  # noqa: E402

FILES: dict[str, tuple[type[Checked], str]] = {
    "config": (Config, "The config: `config.yaml`, and what is laid over it"),
    "models": (Model, "Columns of the table of models: `config/models.tsv`"),
    "personas": (Persona, "Columns of the table of personas: `config/personas.tsv`"),
    "claims": (Claim, "Columns of the table of claims: `config/claims.tsv`"),
    "providers": (ProvidersFile, "Providers: `config/providers.yaml`"),
    "instrument": (InstrumentFile, "Instruments: `config/instruments/*.yaml`"),
}
# Tables whose columns stand beside the code that makes them.
ROBUSTNESS = {
    name.lower(): schema
    for module in sorted(path.stem for path in (ROOT / "workflow/scripts/value_portrait/robustness").glob("*.py"))
    for name, schema in vars(import_module(f"value_portrait.robustness.{module}")).items()
    if isinstance(schema, Schema)
}
HEAD = """# Reference

Written by `make reference` from the types in the library; `workflow/schemas/` holds the same for editors.
"""


def main() -> None:
    """Write the files."""
    (ROOT / "docs/reference.md").write_text(reference(), encoding="utf-8")
    for name, text in json_schemas().items():
        path = ROOT / f"workflow/schemas/{name}.schema.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def json_schemas() -> dict[str, str]:
    """The JSON schema of every kind of file, by its name."""
    return {name: json.dumps(kind.model_json_schema(), indent=2) + "\n" for name, (kind, _) in FILES.items()}


def reference() -> str:
    """The whole reference, as Markdown."""
    lines = [HEAD]
    for kind, heading in FILES.values():
        lines += [f"## {heading}", "", "| key | what it may be | unless given |", "|---|---|---|", *keys(kind), ""]
    lines += [
        "## Rules",
        "",
        "`snakemake --cores 2 score_models` makes what that rule gives; a rule for each model is asked for by a file.",
        "",
        "| rule | what it does | file |",
        "|---|---|---|",
        *rules(),
        "",
        "## Tables below `results/`",
        "",
        "With the ranges of the shipped instrument; `*` marks the key of a row. What people open, below "
        "`publication/tables/`, has four digits; tables below `scores/`, `robustness/` and `comparisons/` have all.",
        "",
    ]
    shipped = as_instrument(read_instrument(ROOT / "config/instruments/value_portrait.yaml"))
    for name, schema in {**schemas(shipped), **ROBUSTNESS}.items():
        lines += [f"### `{name}`", "", "| column | type | what it means | range |", "|---|---|---|---|"]
        for column, about in schema.columns.items():
            ends = "" if about.low is None and about.high is None else f"{_end(about.low)} to {_end(about.high)}"
            empty = ", or empty" if about.nullable else ""
            mark = "*" if column in schema.key else ""
            type_ = about.type.value_type if hasattr(about.type, "value_type") else about.type
            lines.append(f"| `{column}`{mark} | {type_}{empty} | {about.meaning} | {ends} |")
        lines.append("")
    return "\n".join(lines)


def rules() -> Iterator[str]:
    """A row for every rule that says what it does: its name, its message, its file."""
    rule = re.compile(r"^ *rule (\w+):\n(.*?)(?=^ *(?:use )?rule |\Z)", re.MULTILINE | re.DOTALL)
    for path in sorted((ROOT / "workflow/rules").glob("*.smk")):
        for name, body in rule.findall(path.read_text(encoding="utf-8")):
            if message := re.search(r'^ *message:\s*"(.*)"$', body, re.MULTILINE):
                said = message[1].replace("{wildcards.", "{").replace("|", "\\|")
                yield f"| `{name}` | {said} | `{path.name}` |"


def keys(kind: type[BaseModel], before: str = "") -> Iterator[str]:
    """A row for every key of a part, and for those of the parts inside it."""
    for name, field in kind.model_fields.items():
        part = _part(field.annotation)
        path = before + name
        yield f"| `{path}` | {_words(field, part)} | {_default(field)} |"
        if part:
            inside = ".*." if _is_mapping(field.annotation) else "."
            yield from keys(part, path + inside)


def _words(field: FieldInfo, part: type[BaseModel] | None) -> str:
    said = field.description or (part.__doc__ or "").rstrip(".") if part or field.description else ""
    return said.replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required() or field.default_factory:
        return "" if field.is_required() else "nothing"
    return f"`{json.dumps(field.default)}`"


def _part(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((part for inner in get_args(annotation) if (part := _part(inner))), None)


def _is_mapping(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is dict or any(map(_is_mapping, get_args(annotation)))


def _end(end: float | None) -> str:
    return "…" if end is None else f"{end:g}"


if __name__ == "__main__":
    main()
