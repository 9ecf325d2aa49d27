"""Changes finished small studies in 300 ways, runs the real command line on each, and prints what came of them.

A change that must be refused is wrong unless the run ends in one line of complaint, without a traceback, and everything
that people keep is as it was. A change that must be harmless is wrong unless the run ends well, every table as it was.
Any other is wrong where it ends in something else than a run or a complaint. The changes are drawn from a seed, so that
they are the same each time; the run takes a quarter of an hour.
"""

import os
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from subprocess import CompletedProcess

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow/scripts"), str(ROOT / "tests")]

import forked_snakemake  # noqa: E402
from campaign_changes import Change, all_changes  # noqa: E402
from campaign_studies import Study, studies  # noqa: E402
from conftest import copy_checkout, run_snakemake  # noqa: E402
from loopback import Loopback  # noqa: E402
from targets import KEY  # noqa: E402

SEED = 1
TABLES = (".csv", ".parquet", ".md")


def run(study: Study, checkout: Path, whole: bool) -> CompletedProcess[str]:
    """Run a study, or only look at what would be run."""
    if not whole:
        return run_snakemake(checkout, "--configfile", study.config, "-n", "--quiet", "all", "--", *study.targets)
    again = ["--forcerun", *study.again] if study.again else []
    return run_snakemake(checkout, "--configfile", study.config, *again, "--", *study.targets)


def contents(checkout: Path, folder: str, kinds: tuple[str, ...] = ("",)) -> dict[str, bytes]:
    """The files below a folder whose names end so, but for hidden ones."""
    paths = [path for path in (checkout / folder).rglob("*") if path.is_file() and path.name.endswith(kinds)]
    # Whence people come is told with the checksum of their file.
    told = lambda name: name.startswith(".") or name == "people_provenance.csv"  # noqa: E731
    return {str(path): path.read_bytes() for path in paths if not told(path.name)}


def kept(checkout: Path, study: Study) -> dict[str, bytes]:
    """What people keep of a run: the publication, and the answers that were paid for."""
    return contents(checkout, f"{study.results}/publication") | contents(checkout, "data/responses", (".jsonl",))


def judge(change: Change, study: Study, finished: Path, checkout: Path) -> tuple[str, str]:
    """What came of a change, and the last words of its run."""
    shutil.copytree(finished, checkout, symlinks=True)
    tables = contents(checkout, study.results, TABLES)
    change.make(checkout)
    before = kept(checkout, study)
    result = run(study, checkout, change.whole)
    said, after = result.stdout, kept(checkout, study)
    words = [line for line in said.splitlines() if "Error: " in line or "ERROR: " in line]
    clean = "Traceback" not in said and "fault of the pipeline" not in said and "\x1b" not in said
    if not clean:
        verdict = "wrong (traceback)"
    elif result.returncode == 0 and change.must == "refused":
        verdict = "wrong (taken)"
    elif result.returncode == 0:
        same = change.must == "either" or contents(checkout, study.results, TABLES) == tables
        verdict = "accepted harmlessly" if same else "wrong (other tables)"
    elif change.must == "harmless":
        verdict = "wrong (refused)"
    elif not any(len(line) < 2500 and line.rstrip().endswith((".", "…")) for line in words):
        verdict = "wrong (no remedy)"
    # Answers may have been added before something else was refused.
    elif not all(after.get(name, b"").startswith(content) for name, content in before.items()):
        verdict = "wrong (destroyed)"
    else:
        verdict = "refused cleanly"
    shutil.rmtree(checkout)
    return verdict, (words or said.splitlines()[-1:] or [""])[-1].strip()[:300]


def main() -> None:
    """Run the campaign, and print its table; a word on the command line chooses one class of changes."""
    changes = [change for change in all_changes(SEED) if change.kind in (sys.argv[1:] or [change.kind])]
    table: Counter[tuple[str, str]] = Counter()
    os.environ["LOOPBACK_API_KEY"] = KEY
    with tempfile.TemporaryDirectory() as name, Loopback() as server:
        folder = Path(name)
        forked_snakemake.started = folder / "started"
        forked_snakemake.started.mkdir()
        known = {one: study for one, study in studies(server).items() if one in {change.study for change in changes}}
        for one, study in known.items():
            study.make(copy_checkout(folder / one))
            done = run(study, folder / one, True)
            assert done.returncode == 0, done.stdout
        for change in changes:
            verdict, words = judge(change, known[change.study], folder / change.study, folder / "changed")
            table[change.kind, verdict] += 1
            print(f"{verdict:20} {change.kind:10} {change.name!a}: {words!a}", flush=True)
    verdicts = sorted({verdict for _, verdict in table})
    print(f"\n| class | {' | '.join(verdicts)} |\n|---|{'---|' * len(verdicts)}")
    for kind in dict.fromkeys(change.kind for change in changes):
        print(f"| {kind} | {' | '.join(str(table[kind, verdict]) for verdict in verdicts)} |")
    sys.exit(any(verdict.startswith("wrong") for verdict in verdicts))


if __name__ == "__main__":
    main()
