"""What the pages for people name is there: files, headings, targets of make, keys of the config."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml
from instruments import ROOT
from value_portrait.configuration import Config
from value_portrait.paper.archive import COMMIT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "config/README.md", ROOT / "data/raw/README.md"])
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@cache
def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub's addresses."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page):
    for target in re.findall(r"(?:\]\(|src=\")(?!https?:)([^)\"\s]+)[)\"]", page.read_text()):
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), target


def test_every_page_is_reached_from_the_readme():
    readme = (ROOT / "README.md").read_text()
    for page in PAGES:
        if page.parent == ROOT / "docs":
            assert f"(docs/{page.name})" in readme


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_make_and_every_tool_is_there(page):
    text = page.read_text()
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    called = re.findall(r"`make ([a-z-]+)[^`]*`", text) + re.findall(r"^make ([a-z-]+)", blocks, re.MULTILINE)
    assert set(called) <= TARGETS
    for tool in re.findall(r"\b((?:tools|integrations)/\w+\.\w+)", text):
        assert (ROOT / tool).exists(), tool


def test_every_config_that_a_page_shows_is_one():
    shipped = yaml.safe_load((ROOT / "config.yaml").read_text())
    tried = 0
    for page in PAGES:
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL):
            shown = yaml.safe_load(block)
            if shown.keys() & shipped.keys():
                merged = {
                    key: {**shipped[key], **value} if isinstance(value, dict) else value for key, value in shown.items()
                }
                Config.model_validate(shipped | merged)
                tried += 1
    assert tried >= 4


def test_the_citation_names_this_version_and_who_holds_the_rights():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (citation["cff-version"], citation["version"], citation["license"]) == (
        "1.2.0",
        project["version"],
        project["license"],
    )
    assert citation["authors"][0]["name"] in (ROOT / "LICENSE").read_text()
    readme = (ROOT / "README.md").read_text()
    for work in citation["references"]:
        assert work.get("doi", work.get("commit")) in readme
    assert citation["references"][1]["commit"] == COMMIT
