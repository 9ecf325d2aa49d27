"""Measures the page: its size, and how long each view takes to stand in a headless Chromium.

The paper's page, and one with ten times its models: a copy of the finished run in which every model stands ten times,
under names of its own, in every table that the page is made of. Run `make paper` first.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests/page"))

from browsing import READY, Visit, find_browser, running_browser  # noqa: E402

PAGE = "results/publication/report.html"
TRACKED = (
    "Snakefile",
    "config.yaml",
    "requirements.lock",
    "CITATION.cff",
    "config",
    "envs",
    "profiles",
    "workflow",
    "data",
)
TIMES = 10
VISITS = 5
LARGEST_MB = 2.0
LONGEST_MS = 500


def main() -> None:
    """Measure and print."""
    if not (ROOT / PAGE).exists():
        sys.exit(f"{PAGE} is missing: run 'make paper' first.")
    if (browser := find_browser()) is None:
        sys.exit("No browser: install Debian's package chromium.")
    with tempfile.TemporaryDirectory() as folder:
        for name, page in (("the paper", ROOT / PAGE), (f"{TIMES} times its models", multiply(Path(folder)))):
            measure(name, page, browser)


def multiply(folder: Path) -> Path:
    """The page of a copy of the run in which every model stands ``TIMES`` times."""
    for name in (*TRACKED, "results", ".snakemake"):
        if (ROOT / name).is_dir():
            # What is not written anew is linked; the archive is not needed, and logs are written in place.
            left_out = shutil.ignore_patterns("archive", "logs", "__pycache__")
            shutil.copytree(ROOT / name, folder / name, copy_function=os.link, symlinks=True, ignore=left_out)
        else:
            shutil.copy2(ROOT / name, folder / name)
    models = pd.read_csv(folder / "config/models.tsv", sep="\t", dtype=str)
    rewrite(folder / "config/models.tsv", models[models["answers"] != "printed"])
    for stage in ("scores", "robustness"):
        for path in sorted((folder / "results" / stage).iterdir()):
            table = pd.read_csv(path, dtype=str) if path.suffix == ".csv" else pd.read_parquet(path)
            rewrite(path, table)
    for path in sorted((folder / "results/responses").glob("*/*.parquet")):
        table = pd.read_parquet(path)
        for copy in range(1, TIMES):
            own = path.parents[1] / f"{path.parent.name}-{copy}" / path.name
            own.parent.mkdir()
            table.assign(model=named(table["model"], copy)).to_parquet(own)
            # Where the copy's answers are recorded; only the name is looked at.
            exported = folder / "data/recorded" / f"{own.parent.name}.parquet"
            exported.parent.mkdir(exist_ok=True)
            shutil.copy2(own, exported)
    alone = ["--cores", "1", "--allowed-rules", "write_report", "--", PAGE]
    done = subprocess.run(
        [ROOT / ".venv/bin/snakemake", *alone], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stdout[-2000:])
    return folder / PAGE


def rewrite(path: Path, table: pd.DataFrame) -> None:
    """Put a table in whose rows every model stands ``TIMES`` times."""
    columns = ["first", "second"] if path.stem == "pairs" else ["model"]
    if columns[0] not in table:
        return
    parts = [table.assign(**{name: named(table[name], copy) for name in columns}) for copy in range(TIMES)]
    path.unlink()
    whole = pd.concat(parts, ignore_index=True)
    if path.suffix == ".parquet":
        whole.to_parquet(path)
    else:
        whole.to_csv(path, sep="\t" if path.suffix == ".tsv" else ",", index=False)


def named(names: "pd.Series[str]", copy: int) -> "pd.Series[str]":
    """The models' names in a copy; the first keeps them."""
    return names.astype(str) + (f"-{copy}" if copy else "")


def measure(name: str, page: Path, browser: str) -> None:
    """Print the size of a page and, for each view, the median time to open it by its link."""
    size = page.stat().st_size / 1e6
    print(f"\n{name}: {size:.2f} MB" + (f" (at most {LARGEST_MB:.0f})" if name == "the paper" else ""))
    with running_browser(browser) as running:
        visit = Visit(running, page)
        first = visit.open("#/models").locator("main tbody th a[href^='#/model/']").first.get_attribute("href")
        item = visit.open("#/items").locator("main a[href^='#/item/']").first.get_attribute("href")
        links = visit.page.locator("nav a")
        views = [links.nth(place).get_attribute("href") for place in range(links.count())]
        for address in [*views, first, item]:
            times = []
            for _ in range(VISITS):
                visit.page.goto("about:blank")
                began = time.perf_counter()
                visit.page.goto(page.as_uri() + address)
                visit.page.locator(READY).wait_for(state="attached")
                times.append(1000 * (time.perf_counter() - began))
            print(f"  {address.split('/')[1]:12} {statistics.median(times):6.0f} ms (at most {LONGEST_MS})")
        visit.clean()


if __name__ == "__main__":
    main()
