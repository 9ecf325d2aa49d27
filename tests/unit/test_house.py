"""What holds for the whole library: no name of one study, files to hold in one's head, a fresh reference."""

import ast
import re
import sys
from pathlib import Path

import pytest
from instruments import ROOT, VALUE_PORTRAIT

sys.path.append(str(ROOT / "tools"))

import write_reference

LIBRARY = ROOT / "workflow/scripts/value_portrait"
# What is about this paper, and the portraits of the European Social Survey with those who answer them.
OWN = re.compile(r"paper/|personas/ess|simulation/respondents\.py|scripts/paper/")
NAMES = {
    *(family.name for family in VALUE_PORTRAIT.families),
    *(name for _, name in VALUE_PORTRAIT.dimensions),
    *VALUE_PORTRAIT.options,
    *(version.name for version in VALUE_PORTRAIT.prompt_versions if version.reversed),
    *(template for template, _ in VALUE_PORTRAIT.templates),
    "_reversed",
}
GENERAL = [
    path
    for path in sorted((ROOT / "workflow/scripts").rglob("*.py"))
    if not OWN.search(path.relative_to(ROOT).as_posix())
]


def constants(path):
    """Every string of a module that is no docstring."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docs:
            yield node.value


@pytest.mark.parametrize("path", GENERAL, ids=lambda path: path.relative_to(ROOT / "workflow/scripts").as_posix())
def test_no_name_of_this_study_stands_outside_its_room(path):
    for text in constants(path):
        # "would you like me to" is English, and no option.
        found = {name for name in NAMES if re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9]| to)", text)}
        assert not found, f"{path.name} says {found} in {text!r}"


def test_the_search_would_find_them():
    told = set(constants(LIBRARY / "paper/raw_files.py")) | set(constants(LIBRARY / "personas/ess_file.py"))
    assert {"pvq", "reddit", "Benevolence"} <= told


@pytest.mark.parametrize(
    ("pattern", "most"), [("Snakefile", 60), ("workflow/rules/*.smk", 200), ("workflow/scripts/*/*.py", 80)]
)
def test_no_file_is_longer_than_one_can_hold_in_ones_head(pattern, most):
    paths = [path for path in ROOT.glob(pattern) if path.parent != LIBRARY]
    assert paths
    for path in paths:
        assert len(path.read_text().splitlines()) <= most, path


def test_the_first_line_of_a_module_says_what_it_is_for():
    for path in LIBRARY.rglob("*.py"):
        first = path.read_text().splitlines()[0]
        assert re.match(r'"""\S.*[.:?]', first), path


def test_the_reference_is_that_of_the_code():
    assert (ROOT / "docs/reference.md").read_text() == write_reference.reference(), "run 'make reference'"
    for name, text in write_reference.json_schemas().items():
        assert (ROOT / f"workflow/schemas/{name}.schema.json").read_text() == text, "run 'make reference'"


def test_every_place_that_the_architecture_names_is_there():
    text = Path(ROOT / "docs/architecture.md").read_text()
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]*(?:\.py|\.smk)?|[a-z_]+\.py)`", text)
    assert named
    for place in named:
        assert (LIBRARY / place).exists() or (ROOT / place).exists(), place


def test_no_two_test_modules_have_one_name():
    # Without packages pytest imports them by their bare names.
    names = [path.name for folder in ("unit", "workflow") for path in (ROOT / "tests" / folder).rglob("test_*.py")]
    assert len(names) > 50
    assert sorted(names) == sorted(set(names))
