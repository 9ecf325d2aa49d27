"""The page that people open: one file with the study's tables, and the scripts that show them.

Its content security policy allows its own script and style, each by its hash, and nothing from anywhere else.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from value_portrait.publication.page.bundling import bundle
from value_portrait.publication.page.packing import Packed, pack

# Every view that stands in the navigation, with the views that lead on from it.
VIEWS = {
    "findings": ("Findings", ()),
    "models": ("Models", ("model", "compare")),
    "items": ("Items", ("item",)),
    "people": ("People and personas", ()),
    "certainty": ("How sure", ()),
    "certificate": ("Certificate", ()),
    "method": ("Method", ()),
}


def write_page(
    template: Path, main: Path, style: Path, study: Mapping[str, Any], parts: Mapping[str, Mapping[str, Packed]]
) -> str:
    """The page as HTML.

    Parameters
    ----------
    template, main, style : of ``workflow/report/page``.
    study : what is said of the study itself: ``title``, ``mark`` (on every view, or empty), ``made`` and ``views``
        (those of ``VIEWS`` that there are), and whatever its views need; as JSON has it.
    parts : the tables of every part, each part unpacked where a view first asks for it.
    """
    script, look = bundle(main), style.read_text(encoding="utf-8")
    known = [view for name in study["views"] for view in (name, *VIEWS[name][1])]
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    for name, content in (("script", script), ("style", look)):
        if f"</{name}" in content or "<!--" in content:
            raise ValueError(f"the page's {name} would end early")
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        study=study,
        links=[
            {"view": name, "title": VIEWS[name][0], "views": " ".join((name, *VIEWS[name][1]))}
            for name in study["views"]
        ],
        study_json=_Verbatim(as_json(dict(study) | {"views": known})),
        parts={name: _Verbatim(pack(tables)) for name, tables in parts.items()},
        script=_Verbatim(script),
        script_hash=_hash(script),
        style=_Verbatim(look),
        style_hash=_hash(look),
    )


class _Verbatim(str):
    """A text that the template takes as it is."""

    def __html__(self) -> str:
        return self


def as_json(content: Mapping[str, Any]) -> str:
    """JSON that can stand in a script element: no sign that could end it."""
    said = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return said.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
