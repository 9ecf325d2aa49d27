"""The page's scripts: their types, and that they stand in one scope."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from value_portrait.wording import in_words

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "workflow/report/page"
MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function")
TSC = Path(__file__).parent / "node_modules/typescript/bin/tsc"


def test_types_fit():
    node = shutil.which("node")
    if node is None or not TSC.exists():
        pytest.skip("needs node and npm: install Debian's packages nodejs and npm, then make test-page")
    options = ["--noEmit", "--allowJs", "--checkJs", "--strict", "--noUnusedLocals", "--noUnusedParameters"]
    target = ["--target", "es2023", "--module", "esnext", "--lib", "es2023,dom,dom.iterable"]
    checked = subprocess.run(
        [node, TSC, *options, *target, SCRIPTS / "main.js"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_a_p_reads_as_it_does_in_the_sentences():
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node: install Debian's package nodejs")
    numbers = [0, 0.0009, 0.001, 0.0494, 0.0495, 0.04999, 0.05, 0.0994, 0.1, 0.994, 1]
    script = f"import {{pInWords}} from '{SCRIPTS}/format.js'; console.log(JSON.stringify({numbers}.map(pInWords)))"
    said = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(said) == [f"p {in_words(p)}" for p in numbers]


def test_no_script_makes_markup_of_texts():
    for path in SCRIPTS.rglob("*.js"):
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", path.read_text()
        )
        assert not found, path


def test_modules_are_short_and_import_a_line_each():
    for path in SCRIPTS.rglob("*.js"):
        content = path.read_text()
        assert content.count("\n") <= 300, path
        imports = [line for line in content.splitlines() if line.startswith("import ")]
        assert all(re.fullmatch(r'import \{ [\w, ]+ \} from "\.{1,2}/[\w/]+\.js";', line) for line in imports), path
