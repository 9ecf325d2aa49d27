"""Collects what is published of a finished run: code, choices, results with their hashes; none of the study's texts."""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from responses import ROOT, config_of  # beside this file; it also makes the library known
from value_portrait.configuration import STAGES, Config
from value_portrait.errors import InputError, one_line, shown
from value_portrait.instrument import as_instrument
from value_portrait.instrument_file import read_instrument
from value_portrait.study.quoting import passages, quoted
from value_portrait.tables import read_table

CODE = ("Snakefile", "workflow", "envs", "profiles", "data/reference", "data/raw/SHA256SUMS", "requirements.lock")
NAMED = ("instrument", "models", "families", "providers", "personas", "claims")
# Words and figures for people to open; tables between the stages are made again in a minute.
SUFFIXES = (".csv", ".md", ".tex", ".txt", ".html", ".json", ".svg", ".png", ".pdf")
WORDS = (".csv", ".md", ".tex", ".txt", ".html", ".json", ".svg")
_PERSON = "participant_id"
_PAGE = "publication/report.html"


def results_of(config: Config, more: list[str]) -> Iterator[Path]:
    """The files of a run that are published: those of ``more``, folders that somebody chose, whole.

    Raises
    ------
    InputError : the run has no summary, or no such folder; a file quotes an item or a prompt.
    """
    results = Path(config.results_dir)
    if not (results / "publication/summary.md").exists():
        raise InputError(results, "holds no finished run.", "Run 'snakemake --cores 8' with the same config first.")
    for name in more:
        if not (results / name).is_dir():
            raise InputError(results / name, "is no folder.", "Choose one of the results.")
        yield from (path for path in sorted((results / name).rglob("*")) if path.is_file())
    known = texts_of(results / "study", config)
    for path in sorted(path for name in STAGES if name not in more for path in (results / name).rglob("*")):
        if path.suffix not in SUFFIXES or path.name.startswith("."):
            continue
        # Its tables are packed, so that no passage would be found among them.
        if path == results / _PAGE and config.report.texts != "none":
            continue
        text = path.read_text(encoding="utf-8") if path.suffix in WORDS else ""
        if path.suffix == ".csv" and _PERSON in text.partition("\n")[0]:
            continue
        if (passage := quoted(text, known)) is not None:
            raise InputError(
                path, f"quotes a text of the study, {shown(passage)}.", "Publish it with WITH=<its folder>."
            )
        yield path


def texts_of(study: Path, config: Config) -> set[str]:
    """Passages of all items and prompt templates of a study."""
    instrument = as_instrument(read_instrument(config.instrument))
    items = read_table(study / "items.parquet", "items", instrument, columns=["title", "text", "response"])
    prompts = read_table(study / "prompts.parquet", "prompts", instrument, columns=["text"])
    cells = (cell for table in (items, prompts) for column in table.columns for cell in column.to_pylist())
    return passages(cells, instrument)


def collect(arguments: argparse.Namespace) -> None:
    """Copy what is published below a folder, and write beside it what there is to say of it."""
    files = [file for file in arguments.configfile if file]
    config, stage = config_of(files), Path(arguments.to)
    results = list(results_of(config, [name for name in arguments.also.split() if name]))
    chosen = [
        *files,
        *(getattr(config, name) for name in NAMED),
        *(["config.yaml"] if Path("config.yaml").exists() else []),
    ]
    shutil.rmtree(stage, ignore_errors=True)
    for name in CODE:
        copy(ROOT / name, stage / name)
    placed = [
        f"config/{Path(name).name}" if Path(name).is_absolute() else name for name in dict.fromkeys(map(str, chosen))
    ]
    for name, place in zip(dict.fromkeys(map(str, chosen)), placed, strict=True):
        copy(Path(name), stage / place)
    published = [str(Path("results", path.relative_to(config.results_dir))) for path in results]
    for path, place in zip(results, published, strict=True):
        copy(path, stage / place)
    times = [datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat(timespec="seconds") for path in results]
    about = {
        "study": config.study,
        "title": read_instrument(config.instrument)["title"],
        "license": arguments.license,
        "author": arguments.author,
        "commit": commit(),
        "began": min(times),
        "ended": max(times),
        "config": placed,
        "results": published,
        "hashes": {
            place: hashlib.sha256((stage / place).read_bytes()).hexdigest()
            for place in [*placed, *published, "Snakefile", "requirements.lock", "data/raw/SHA256SUMS"]
        },
    }
    Path(f"{stage}.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


def copy(source: Path, target: Path) -> None:
    """Copy a file or folder, without what Python compiled."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)


def commit() -> str | None:
    """The commit of the workflow, with a mark where files differ from it; None where it is no clone."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", required=True, help="a folder to write to, and <folder>.json")
    parser.add_argument("--also", default="", help="folders of the results to publish whole, such as 'responses'")
    parser.add_argument("--license", required=True, help="the address of the licence of the results")
    parser.add_argument("--author", required=True, help="who publishes it")
    parser.add_argument("--configfile", nargs="*", default=[], help="laid over config.yaml")
    try:
        collect(parser.parse_args())
    except (InputError, OSError) as problem:
        sys.exit(one_line(problem))


if __name__ == "__main__":
    main()
