"""Prompt templates: where those of every prompt version lie, and their table."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from value_portrait.errors import InputError
from value_portrait.instrument import Instrument
from value_portrait.reading import is_plain, read_text

_LONGEST = 100_000


def find_templates(folder: str | Path, versions: Sequence[str], instrument: Instrument) -> dict[str, dict[str, str]]:
    """The files ``<folder>/<version>/<template>.txt`` of those versions that have a folder there.

    Raises
    ------
    InputError : a version's folder lacks a template.
    """
    found = {
        version: {template: str(Path(folder, version, f"{template}.txt")) for template, _ in instrument.templates}
        for version in versions
        if Path(folder, version).is_dir()
    }
    for version, paths in found.items():
        for path in paths.values():
            if not Path(path).is_file():
                raise InputError(path, "is missing.", f"Write it, or remove {version} from prompt_versions.")
    return found


def choose_templates(
    versions: Sequence[str],
    brought: Mapping[str, Mapping[str, str]],
    own: Mapping[str, Mapping[str, str]],
    folders: Sequence[str],
) -> dict[str, dict[str, str]]:
    """The templates' files of every version: those that the study brings, or one's own.

    Parameters
    ----------
    brought, own : for each version that is there, the paths of its templates by their names.
    folders : where templates of one's own may lie, for messages.

    Raises
    ------
    InputError : a version has no templates, or the study's and one's own.
    """
    for version in versions:
        places = " or ".join(f"{folder}/{version}" for folder in folders)
        if version in brought and version in own:
            raise InputError(
                f"prompt version {version}", "has templates in the study and in the folder of prompts.", "Rename yours."
            )
        if version not in brought and version not in own:
            raise InputError(
                f"prompt version {version}",
                "has no templates.",
                f"Put them into {places or 'a folder that the key prompts of the config names'}, "
                "or remove it from prompt_versions.",
            )
    return {version: dict(brought.get(version) or own[version]) for version in versions}


def read_prompts(paths: Mapping[str, Mapping[str, str]], instrument: Instrument) -> pa.Table:
    """The prompt templates (table ``prompts``), one row per version and template, from the file of each.

    Raises
    ------
    InputError : as ``read_text``; or a file holds what cannot be printed, or too much, or lacks a field or an option
        of the instrument's.
    """
    rows = []
    for version, of_template in paths.items():
        for template, fields in instrument.templates:
            path = of_template[template]
            text = read_text(path, "Restore it, or remove its version from prompt_versions.")
            if not is_plain(text) or len(text) > _LONGEST:
                raise InputError(path, f"holds what cannot be printed, or over {_LONGEST} letters.", "Write it anew.")
            for field in ("title", "text", "content"):
                if (field in fields) != (f"{{{field}}}" in text):
                    problem = "lacks" if field in fields else "has"
                    raise InputError(
                        path,
                        f"{problem} the field {{{field}}}.",
                        f"The instrument's template {template} has {', '.join(f'{{{name}}}' for name in fields)}.",
                    )
            if (option := _option_missed(text, instrument)) is not None:
                raise InputError(
                    path,
                    f"does not offer the option '{option}'.",
                    "Write all options as they stand in the instrument's scale: answers are read by them.",
                )
            rows.append({"prompt_version": version, "template": template, "text": text})
    return pa.Table.from_pylist(rows)


def prompt_text(template: str, item: Mapping[str, Any]) -> str:
    """A prompt template with an item's title, text and response filled in, in one pass.

    One pass, since an item may itself contain something like ``{text}``. Items without a query have no title and text.
    """
    values = {"title": item["title"] or "", "text": item["text"] or "", "content": item["response"]}
    return re.sub(r"\{(title|text|content)\}", lambda field: values[field[1]], template)


def _option_missed(text: str, instrument: Instrument) -> str | None:
    """An option that a template does not offer, in letters of either size; one within a longer one does not count."""
    left = text.casefold()
    for option in sorted(instrument.options, key=len, reverse=True):
        if option.casefold() not in left:
            return option
        left = left.replace(option.casefold(), "\0")
    return None
