"""What several tests need: the authors' archive where it is to be had, and a checkout to run the workflow in."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import forked_snakemake
import pandas as pd
import pytest
from authors_archive import MODELS, VERSIONS, write_archive
from forked_snakemake import run_forked
from hypothesis import settings
from loopback import Loopback
from targets import KEY

# A busy machine is no fault of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parents[1]
TRACKED = (
    "Snakefile",
    "config.yaml",
    "requirements.lock",
    "CITATION.cff",
    "config",
    "envs",
    "profiles",
    "workflow",
    "data/reference",
)


def copy_checkout(target: Path) -> Path:
    """A checkout of the project at ``target``, as a clone would be: without raw data and without results."""
    for name in TRACKED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
    (target / "data/raw").mkdir(parents=True)
    shutil.copy2(ROOT / "data/raw/SHA256SUMS", target / "data/raw/SHA256SUMS")
    return target


def more_digits_than(count: int, table: Path) -> list[float]:
    """The numbers of a CSV file that rounding to so many significant digits changes."""
    cells = pd.read_csv(table).select_dtypes("float").stack().dropna()
    return [number for number in cells if float(f"{number:.{count}g}") != number]


def run_snakemake(checkout: Path, *arguments: str, archive: str = "") -> subprocess.CompletedProcess[str]:
    """Run Snakemake in a checkout; ``archive`` is what VALUE_PORTRAIT_ARCHIVE says, a missing file unless given."""
    environment = {**os.environ, "VALUE_PORTRAIT_ARCHIVE": archive or str(checkout / "no-archive")}
    return run_forked(checkout, ["--cores", "2", *arguments], environment)


@pytest.fixture(scope="session", autouse=True)
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all processes of this session of tests."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    forked_snakemake.started = folder / "started"
    forked_snakemake.started.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def finished(shared: Path) -> Callable[..., Path]:
    """Make a checkout and run its workflow, once for all processes that test: the first builds, the others wait.

    ``prepare`` is given the new checkout, the further arguments go to ``run_snakemake``.
    """

    def build(name: str, prepare: Callable[[Path], object], *arguments: str, archive: str = "") -> Path:
        checkout, done = shared / name / "checkout", shared / name / "done"
        checkout.parent.mkdir(exist_ok=True)
        with open(shared / name / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                # Left by a process that failed; the next one shall say why, too.
                shutil.rmtree(checkout, ignore_errors=True)
                prepare(copy_checkout(checkout))
                result = run_snakemake(checkout, *arguments, archive=archive)
                assert result.returncode == 0, result.stdout
                done.touch()
        return checkout

    return build


@pytest.fixture(scope="session")
def archive_path() -> str:
    path = os.environ.get("VALUE_PORTRAIT_ARCHIVE", "")
    if not path or not Path(path).exists():
        pytest.skip("needs the authors' archive: set VALUE_PORTRAIT_ARCHIVE to its path")
    return str(Path(path).resolve())


@pytest.fixture(scope="session")
def paper(finished: Callable[..., Path], archive_path: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which the paper has been rebuilt; its tests edit it, so each process has its own copy."""
    rebuilt = finished("paper", lambda checkout: None, archive=archive_path)
    return Path(shutil.copytree(rebuilt, tmp_path_factory.mktemp("paper") / "checkout"))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return copy_checkout(tmp_path / "checkout")


@pytest.fixture(scope="session")
def small_demo(finished: Callable[..., Path]) -> Path:
    """A finished run of a small simulated study but for most figures; tests that change it copy it first."""
    return finished("small_demo", write_small_study, "--configfile", "small.yaml", "--", *SMALL_TARGETS)


@pytest.fixture
def demo_copy(small_demo: Path, tmp_path: Path) -> Path:
    """A private copy of the finished small study, its file times kept, so that nothing in it is out of date."""
    return Path(shutil.copytree(small_demo, tmp_path / "copy"))


@pytest.fixture
def small(demo_copy: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run Snakemake on the private copy of the small study."""
    return lambda *arguments: run_snakemake(demo_copy, "--configfile", "small.yaml", *arguments)


@pytest.fixture(scope="session")
def small_paper(finished: Callable[..., Path]) -> Path:
    """A finished run of a small study in the authors' layout but for figures; tests that change it copy it first."""
    return finished("small_paper", write_small_paper, "--configfile", "small.yaml", "--", *SMALL_PAPER_TARGETS)


@pytest.fixture
def paper_copy(small_paper: Path, tmp_path: Path) -> Path:
    """A private copy of the finished small study in the authors' layout, its file times kept."""
    return Path(shutil.copytree(small_paper, tmp_path / "copy"))


PAGE_OF_DEMO = "results/demo/publication/report.html"
PAGE_OF_PAPER = "results/publication/report.html"
SMALL_PAPER = f"""\
study: paper
results_dir: results/small
models: config/small_models.tsv
prompt_versions: [{", ".join(VERSIONS)}]
"""
SMALL_STUDY = """\
study: simulated
results_dir: results/small
models: config/small_models.tsv
simulation: {setting: easy, groups: 2, queries_per_group: 4, responses_per_query: 3, raters_per_group: 20}
robustness: {resamples: 200, universes: 500}
"""
# Everything of a small study but figures, which are two thirds of its work; one of them stands for all.
SMALL_PAPER_TARGETS = (
    "items",
    "scores",
    "results/small/personas/people.csv",
    "results/small/personas/findings.md",
    "results/small/publication/summary.md",
    "results/small/publication/tables/topics.csv",
)
SMALL_TARGETS = (
    "items",
    "scores",
    "results/small/personas/people.csv",
    "results/small/publication/summary.md",
    "results/small/publication/recovery.md",
    "results/small/publication/tables/topics.csv",
    "results/small/publication/figures/recovery.png",
)


def small_models(count: int) -> str:
    header = (ROOT / "config/demo_models.tsv").read_text().splitlines()[0]
    row = "{}\tsimulated\tsimulated\t\t\tFir\tSimulated\topen\t{}\tno\tbaseline\t\t\t\t"
    return "\n".join([header, *(row.format(f"fir-{n}", n) for n in range(1, count + 1))]) + "\n"


def write_small_study(checkout: Path) -> None:
    (checkout / "small.yaml").write_text(SMALL_STUDY)
    (checkout / "config/small_models.tsv").write_text(small_models(3))


def write_small_paper(checkout: Path) -> None:
    write_archive(checkout / "data/raw")
    (checkout / "small.yaml").write_text(SMALL_PAPER)
    (checkout / "config/small_models.tsv").write_text(small_models(len(MODELS)).replace("simulated", "recorded"))


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A headless Chromium, for the tests of the page."""
    from browsing import find_browser, running_browser  # its package is in an environment of its own

    path = find_browser()
    if path is None:
        pytest.skip("needs a browser: install Debian's package chromium")
    with running_browser(path) as running:
        yield running


@pytest.fixture(scope="session")
def page_of_demo(browser: object, finished: Callable[..., Path]) -> Path:
    return (
        finished("page_of_demo", lambda checkout: None, "--configfile", "config/demo.yaml", "--", PAGE_OF_DEMO)
        / PAGE_OF_DEMO
    )


@pytest.fixture(scope="session")
def page_of_paper(browser: object, finished: Callable[..., Path], archive_path: str) -> Path:
    return finished("page_of_paper", lambda checkout: None, "--", PAGE_OF_PAPER, archive=archive_path) / PAGE_OF_PAPER


@pytest.fixture(scope="session", params=["demo", "paper"])
def report(request: pytest.FixtureRequest) -> Path:
    """The page of either study."""
    return request.getfixturevalue(f"page_of_{request.param}")


@pytest.fixture(autouse=True)
def _loopback_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running
