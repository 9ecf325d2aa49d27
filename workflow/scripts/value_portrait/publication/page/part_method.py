"""How it was made: choices, versions, the rule behind each file, limits, and what the page holds."""

import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from value_portrait.publication.page.packing import Packed, as_columns

# What numbers, tables and figures come from, beside Python itself.
PACKAGES = ("snakemake", "numpy", "scipy", "pandas", "pyarrow", "pingouin", "pydantic", "matplotlib")
# What holds for every study of this kind.
LIMITS = (
    "A score says what a model rates above or below its own mean. It does not say how much anything is valued in all, "
    "and two models with the same score may differ in every single rating.",
    "What is scored are answers to questions about likeness. What a model does when nobody asks is not in them.",
    "Items come from certain queries, responses and people. Intervals for other items like these reach beyond the "
    "items, not beyond the language, the time and the people.",
    "Models of one developer are no independent draws. Comparisons of groups take them together, which leaves few to "
    "compare.",
)
# What holds where raters made the key.
OF_A_KEY = (
    "Intervals of a model's scores reckon with a key by other raters; those of means over models, and of differences "
    "between two models, take the key as it is. Wrong tags dilute scores; only intervals of undiluted scores take that "
    "in."
)
SIMULATED = "This study is made up: people, items or models are drawn, and nothing here is said of real ones."
NO_VALUE = "none"
SEVERAL = "several choices"


def method_part(
    method: Mapping[str, Any],
    parts: Mapping[str, Mapping[str, Packed]],
    made_of: Mapping[str, Iterable[str]],
    mark: str,
) -> dict[str, Packed]:
    """The tables of the part.

    Parameters
    ----------
    method : ``config`` and ``shipped`` (nested choices), ``files`` (records of table, file, rule, does and made_from),
        ``sources`` and ``cite`` (records of name and text), ``left_out`` (texts).
    parts : the other parts of the page. made_of : of each, by its name, the tables that it is made of, where the study
        has them. mark : what stands on every view; empty without.
    """
    limits = [*([SIMULATED] if "simulated" in mark else []), *LIMITS]
    limits += [OF_A_KEY] if "dilution" in parts.get("certainty", {}) else []
    limits += [f"Left out here: {what}." for what in method["left_out"]]
    files = {row["table"] for row in method["files"]}
    sources = {part: ", ".join(name for name in made_of[part] if name in files) for part in parts}
    packages = [("Python", platform.python_version()), *((name, version(name)) for name in PACKAGES)]
    return {
        "config": as_columns(compare_choices(method["config"], method["shipped"]), ("key", "value", "shipped")),
        "versions": as_columns([{"name": name, "version": own} for name, own in packages], ("name", "version")),
        "files": as_columns(method["files"], ("table", "file", "rule", "does", "made_from")),
        "sources": as_columns(method["sources"], ("name", "text")),
        "cite": as_columns(method["cite"], ("name", "text")),
        "limits": as_columns([{"text": text} for text in limits], ("text",)),
        "contents": as_columns(
            [
                {
                    "part": part,
                    "table": name,
                    "rows": len(packed.table),
                    "columns": ", ".join(map(str, packed.table.columns)),
                    "made_of": sources[part],
                }
                for part, tables in parts.items()
                for name, packed in tables.items()
            ],
            ("part", "table", "rows", "columns", "made_of"),
        ),
    }


def compare_choices(config: Mapping[str, Any], shipped: Mapping[str, Any]) -> list[dict[str, str]]:
    """Every choice (key, with dots where nested; value) and the shipped one, empty where it is the same."""
    used, usual = dict(_flat(config)), dict(_flat(shipped))
    # What one has as a whole the other may have in parts.
    usual |= {key: SEVERAL for key in used for own in usual if own.startswith(f"{key}.")}
    return [
        {"key": key, "value": value, "shipped": "" if usual.get(key) == value else usual.get(key, NO_VALUE)}
        for key, value in used.items()
    ]


def _flat(choices: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in choices.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", _said(value)


def _said(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_said, value))
    return NO_VALUE if value is None else str(value).lower() if isinstance(value, bool) else str(value)
