"""A model of a server of one's own, added without touching a file of the project."""

import importlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from loopback import Loopback

SMALL = {
    "study": "simulated",
    "results_dir": "results/mine",
    "models": "mine/models.tsv",
    "simulation": {"groups": 1, "queries_per_group": 2, "responses_per_query": 2, "raters_per_group": 20},
}


class Terminal(io.StringIO):
    """Somebody who sits before it."""

    def isatty(self) -> bool:
        """Always."""
        return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump(SMALL))
    (tmp_path / "mine").mkdir()
    header, *rows = (ROOT / "config/demo_models.tsv").read_text().splitlines()
    (tmp_path / "mine/models.tsv").write_text("\n".join([header, *rows[:3]]) + "\n")
    return tmp_path


def add(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools/add_model.py"), "mine.yaml", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_a_model_of_a_new_server_is_added_asked_once_and_estimated(folder: Path, server: Loopback) -> None:
    shipped = [*(ROOT / "config").glob("*.*")]
    before = [path.read_bytes() for path in shipped]
    told = ("--model", "lab/a", "--model_id", "a", "--provider", "lab")
    done = add(folder, *told, "--base_url", f"{server.url}/v1", "--conditions", "baseline;gender_male")
    assert done.returncode == 0, done.stdout + done.stderr
    # The second is under a system message, which not every model takes.
    assert server.requests == 2
    assert [line.split()[:4] for line in done.stdout.splitlines() if line.startswith("lab/a  ")] == [
        ["lab/a", "baseline", "24", "0"],
        ["lab/a", "gender_male", "24", "0"],
    ]
    assert "lab/a answers. Ask it everything: snakemake --cores 8 --configfile mine.yaml" in done.stdout
    assert yaml.safe_load((folder / "mine.yaml").read_text()) == SMALL | {"providers": "mine/providers.yaml"}
    header, *_, row = (folder / "mine/models.tsv").read_text().splitlines()
    assert header == (ROOT / "config/models.tsv").read_text().splitlines()[0]
    assert row == "lab/a\tlive\tlab\ta\tchat\tMine\tunknown\tclosed\t\tno\tbaseline;gender_male\t\t\t\t"
    assert [path.read_bytes() for path in shipped] == before


@pytest.mark.parametrize(
    ("provider", "asked"),
    [
        ("local", ["model_id"]),
        ("openai", ["model_id", "usd_in", "usd_out", "priced_on"]),
        ("nobody", ["model_id", "usd_in", "usd_out", "priced_on"]),
    ],
)
def test_prices_are_asked_for_only_where_something_may_be_charged(
    folder: Path, monkeypatch: pytest.MonkeyPatch, provider: str, asked: list[str]
) -> None:
    monkeypatch.syspath_prepend(ROOT / "tools")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "stdin", Terminal())
    questions: list[str] = []
    monkeypatch.setattr("builtins.input", lambda question: questions.append(question.split(" ")[0]) or "a")
    read_arguments = importlib.import_module("add_model").read_arguments
    for overlay in ("mine.yaml", "not-there-yet.yaml"):
        monkeypatch.setattr(sys, "argv", ["add_model.py", overlay, "--model", "a", "--provider", provider])
        questions.clear()
        assert read_arguments().usd_in == ("a" if "usd_in" in asked else None)
        assert questions == asked


def test_a_row_that_does_not_fit_is_taken_back(folder: Path) -> None:
    before = (folder / "mine/models.tsv").read_text()
    for arguments, complaint in (
        (("--model", "=a", "--model_id", "a", "--provider", "local"), "'=a' would be a formula"),
        (("--model", "a", "--model_id", "a", "--provider", "nobody"), "has the provider 'nobody', which"),
        (("--model", "a", "--provider", "local"), "needs --model_id"),
        (
            ("--model", "a", "--model_id", "a", "--provider", "local", "--base_url", "http://127.0.0.1:9/v1"),
            "mine/providers.yaml: local has the base_url http://127.0.0.1:8000/v1. Correct it there.",
        ),
        (("--model", "a", "--model_id", "a", "--provider", "local", "--usd_in", "dear"), "'dear' does not fit"),
    ):
        done = add(folder, *arguments)
        assert done.returncode != 0
        assert complaint in done.stderr
        assert "Traceback" not in done.stderr
        assert (folder / "mine/models.tsv").read_text() == before
