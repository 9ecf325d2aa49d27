"""A run as an RO-Crate, and an export with its description: held against the formats' own validators."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from instruments import VALUE_PORTRAIT
from targets import make_plan, make_target, run
from value_portrait.responses.assembly import export_answers
from value_portrait.responses.publishing import describe_export
from value_portrait.tables import read_table

PUBLISHING = ROOT / ".venv-publishing/bin/python"
ABOUT = ["--license", "https://creativecommons.org/licenses/by/4.0/", "--author", "A. Person"]


def collect(checkout: Path, *arguments: str) -> str:
    """What is said of a fault, else nothing."""
    command = [sys.executable, ROOT / "tools/collect_crate.py", "--configfile", "small.yaml", "--to", "stage", *ABOUT]
    done = subprocess.run([*command, *arguments], cwd=checkout, capture_output=True, text=True, check=False)
    assert len(done.stderr.splitlines()) == (done.returncode != 0), done.stderr
    return done.stderr


def describe(checkout: Path) -> Path:
    subprocess.run([PUBLISHING, ROOT / "tools/describe_crate.py", "stage", "crate"], cwd=checkout, check=True)
    return checkout / "crate"


def validate(crate: Path) -> subprocess.CompletedProcess[str]:
    command = [PUBLISHING, ROOT / "tests/harness/validate_crate.py", crate]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_run_is_a_valid_crate_without_the_texts(demo_copy: Path) -> None:
    page = "results/publication/report.html"
    (demo_copy / "results/small/publication/report.html").write_text("<p>all texts, packed</p>")
    assert collect(demo_copy) == ""
    assert not (demo_copy / "stage" / page).exists()
    with (demo_copy / "small.yaml").open("a") as config:
        config.write("report: {texts: none}\n")
    assert collect(demo_copy) == ""
    assert (demo_copy / "stage" / page).exists()
    crate = describe(demo_copy)
    checked = validate(crate)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    places = {str(path.relative_to(crate)) for path in crate.rglob("*") if path.is_file()}
    assert {"results/publication/summary.md", "results/scores/profiles.csv", "small.yaml", "Snakefile"} <= places
    assert not any(place.startswith(("results/study", "results/responses", "results/questions")) for place in places)
    graph = json.loads((crate / "ro-crate-metadata.json").read_bytes())["@graph"]
    hashes = {one["@id"]: one["sha256"] for one in graph if "sha256" in one}
    assert set(hashes) >= {place for place in places if place.startswith("results/")}
    for place, digest in hashes.items():
        assert hashlib.sha256((crate / place).read_bytes()).hexdigest() == digest
    items = read_table(demo_copy / "results/small/study/items.parquet", "items", VALUE_PORTRAIT)
    words = items["text"][0].as_py().encode()
    assert not [place for place in places if words in (crate / place).read_bytes()]
    (crate / "results/publication/summary.md").unlink()
    assert "does not include the Data Entity 'results/publication/summary.md'" in validate(crate).stdout
    tells_who_quotes(demo_copy, words.decode())


def tells_who_quotes(checkout: Path, words: str) -> None:
    """A file with an item's words is published where somebody chose so."""
    results = checkout / "results/small"
    for name in ("scores/raters.csv", "publication/quoting.md"):
        (results / name).write_text("participant_id,x\nP001,1\n" if name.endswith("csv") else f"Said: {words.upper()}")
    assert "results/small/publication/quoting.md: quotes a text of the study, 'synthetic query" in collect(checkout)
    assert collect(checkout, "--also", "publication responses") == ""
    staged = {str(path.relative_to(checkout / "stage/results")) for path in (checkout / "stage/results").rglob("*.*")}
    assert {"publication/quoting.md", "responses/fir-1/baseline.parquet"} <= staged
    assert "scores/raters.csv" not in staged
    assert "results/small/none: is no folder. Choose one of the results" in collect(checkout, "--also", "none")
    (results / "publication/summary.md").unlink()
    assert "results/small: holds no finished run. Run 'snakemake" in collect(checkout)


@pytest.mark.parametrize("suffix", ["parquet", "jsonl"])
def test_an_export_is_read_by_its_description(tmp_path: Path, server, suffix: str) -> None:
    target = make_target(server.url)
    plan = make_plan(target, 3)
    run(target, plan, tmp_path)
    file = tmp_path / f"answers.{suffix}"
    export_answers({"baseline": plan}, target, tmp_path, file, VALUE_PORTRAIT)
    described = describe_export(file, "Test/model:1", ABOUT[1], VALUE_PORTRAIT)
    command = [PUBLISHING, ROOT / "tests/harness/read_croissant.py", described]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [row["answers/item_id"] for row in rows] == [f"b'{planned.item_id}'" for planned in plan]
    assert "not standard" not in done.stderr, done.stderr
