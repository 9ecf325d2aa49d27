"""Changes a finished small run in 300 ways, runs the real command line on each, and prints what came of them.

A change that must be refused is wrong unless the run ends in one line of complaint, without a traceback, and everything
that people keep is as it was. A change that may be taken is wrong where it ends in anything else than a run or a
complaint. The changes are drawn from a seed, so that they are the same each time; the run takes half an hour.
"""

import hashlib
import json
import os
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "workflow/scripts"), str(ROOT / "tests")]

import forked_snakemake  # noqa: E402
from authors_archive import MODELS, VERSIONS, answer_file, archive_files  # noqa: E402
from conftest import SMALL_PAPER_TARGETS, copy_checkout, run_snakemake, write_small_paper  # noqa: E402
from value_portrait.paper import raw_files  # noqa: E402
from value_portrait.paper.archive import TREE  # noqa: E402

NUMBER, SEED = 300, 1
CONFIG_FILES = ("config.yaml", "config/providers.yaml", "config/instruments/value_portrait.yaml")
TABLES = ("config/small_models.tsv", "config/personas.tsv", "config/claims.tsv", "config/families.tsv")
STRANGE = (None, True, -1, 1e300, 2**70, "", "x", "=1", "\x1b[2J", "a\0", [], [1], {}, {"a": 1}, "x" * 9000, "\u202e")
# Bytes of files that are none, by what is wrong with them.
CONTENTS = {
    "empty": b"",
    "not UTF-8": b"a: \xff\xfe",
    "a NUL": b"a: \0b",
    "a list": b"- 1\n- 2\n",
    "a text": b"hello",
    "nested 3,000 deep": b"[" * 3000 + b"]" * 3000,
    "an object in itself": b"a: &a [*a]\n",
    "a tag": b"!!python/object/apply:os.system [id]",
    "a huge cell": b"model\t" + b"x" * 200_000,
    "a key twice": b"a: 1\na: 2\n",
    "an open bracket": b"a: [1,\nb: }",
}
NAMES = ("=cmd|'/C calc'!A0", "@SUM(1)", "+1", "a\x1b[31mb", "a\u202eb", "<script>x</script>", "a`b", "a|b", "x" * 200)
FOLDERS = (
    "..",
    ".",
    "data/raw",
    "data/responses",
    "workflow/scripts",
    "/tmp/x",
    "a{b}",
    "<b>",
    "x" * 300,
    "Data",
    "~/x",
)
NUMBERS = (".nan", ".inf", "-.inf", "'5'", "[1]", "{a: 1}", "9" * 400, "2025-01-01", '"\\e[2J"')
NUMBER_KEYS = ("  threshold", "  max_p", "  max_usd", "seed", "  resamples", "  universes")


class Change(NamedTuple):
    """One change: its class, what it is, what makes it, whether it must be refused, and what is run then."""

    kind: str
    name: str
    make: Callable[[Path], object]
    refused: bool = True
    arguments: tuple[str, ...] = ("-n", "--quiet", "all")


def in_text(file: str, old: str, new: str) -> Callable[[Path], object]:
    """Replaces the first match of a pattern in a file."""

    def make(checkout: Path) -> None:
        text, number = re.subn(old, lambda found: new, (checkout / file).read_text(), count=1)
        assert number, (file, old)
        (checkout / file).write_text(text, newline="")

    return make


def in_place(file: str, kind: str) -> Callable[[Path], object]:
    """Puts something else in the place of a file."""

    def make(checkout: Path) -> None:
        path = checkout / file
        path.unlink()
        if kind == "a folder":
            path.mkdir()
        elif kind == "a pipe":
            os.mkfifo(path)
        elif kind != "missing":
            path.write_bytes(CONTENTS[kind])

    return make


def in_archive(file: str, content: Any) -> Callable[[Path], object]:
    """Writes another content into a file of the archive, and its checksum, as if it were a user's own."""

    def make(checkout: Path) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (checkout / "data/raw" / TREE / file).write_bytes(data)
        sums = checkout / "data/raw/SHA256SUMS"
        line = f"{hashlib.sha256(data).hexdigest()}  {file}"
        sums.write_text(re.sub(rf"(?m)^\w{{64}}  {re.escape(file)}$", lambda found: line, sums.read_text()))

    return make


def fixed_changes() -> Iterator[Change]:
    """The changes that each must be refused."""
    for folder in FOLDERS:
        yield Change(
            "places", f"results_dir {folder[:20]}", in_text("small.yaml", "results_dir: .*", f'results_dir: "{folder}"')
        )
    for key in NUMBER_KEYS:
        for number in NUMBERS:
            yield Change(
                "numbers",
                f"{key.strip()} {number[:12]}",
                in_text("config.yaml", rf"(?m)^{key}: \S+", f"{key}: {number}"),
            )
    for file in (*CONFIG_FILES, *TABLES, "data/raw/SHA256SUMS"):
        for kind in ("missing", "a folder", "a pipe", *CONTENTS):
            yield Change("files", f"{file}: {kind}", in_place(file, kind))
    for name in NAMES:
        yield Change("names", f"model {name[:20]!r}", in_text("config/small_models.tsv", "\nfir-2\t", f"\n{name}\t"))
        yield Change("names", f"family {name[:20]!r}", in_text("config/small_models.tsv", "\tFir\t", f"\t{name}\t"))
        yield Change("names", f"group {name[:20]!r}", in_text("config/personas.tsv", "\tFemale\tYou", f"\t{name}\tYou"))
    for key, value in {
        "key_env": "AWS_SECRET_ACCESS_KEY",
        "base_url": "http://api.openai.com/v1",
        "timeout_s": ".nan",
        "max_in_flight": ".inf",
        "batch_discount": "-1",
    }.items():
        yield Change("providers", f"{key} {value}", in_text("config/providers.yaml", rf"{key}: \S+", f"{key}: {value}"))
    for url in (
        "https://api.openai.com:99999/v1",
        "https://a:b@api.openai.com/v1",
        "ftp://a",
        "https://lab.example/v1",
    ):
        yield Change(
            "providers", f"base_url {url}", in_text("config/providers.yaml", r"base_url: \S+", f"base_url: {url}")
        )
    for body in ("{headers: {X: y}}", "{a: {api_key: z}}", "{x: 'Bearer abc'}"):
        changed = in_text("config/providers.yaml", "    batch_discount", f"    extra_body: {body}\n    batch_discount")
        yield Change("providers", f"extra_body {body}", changed)
    yield Change("providers", "a provider twice", in_text("config/providers.yaml", "  local:", "  openai:"))
    for file, old, new in (
        ("table_8_value_scores", "0.06", "much"),
        ("table_8_value_scores", "Universalism", "Universality"),
        ("table_12_open_weight_scores", "\n[^#].*\n", "\n"),
        ("table_4_topics", "\n(Philosophy.*)\n", "\nX,1\nX,1\n"),
        ("counts", "# ", ""),
    ):
        yield Change("print", f"{file}: {old!r}", in_text(f"data/reference/{file}.csv", old, new))


def raw_changes(number: int) -> Iterator[Change]:
    """Files of the archive with one thing changed somewhere, which may be taken where they still fit."""
    files, draw = archive_files(), random.Random(SEED)
    paths = [raw_files.SURVEY, raw_files.PARTICIPANTS, raw_files.ITEMS, raw_files.TOPICS]
    paths += [*raw_files.PILOT_SURVEYS.values(), *raw_files.PILOT_PARTICIPANTS.values()]
    for count in range(number):
        file = draw.choice([*paths, answer_file(draw.choice(MODELS), draw.choice(VERSIONS))])
        content = json.loads(json.dumps(files[file]))
        where = mutate(content, draw)
        data = json.dumps(content).encode()
        if count % 10 == 0:
            where, data = "cut short", data[: draw.randrange(len(data))]
        yield Change(
            "archive",
            f"{Path(file).name} {where}",
            in_archive(file, data),
            count % 10 == 0,
            ("--", *SMALL_PAPER_TARGETS),
        )


def mutate(content: Any, draw: random.Random) -> str:
    """Change one thing in a content, and say where and how."""
    place, path = content, []
    while True:
        key = draw.choice(list(place) if isinstance(place, dict) else range(len(place)))
        path.append(str(key))
        if not (isinstance(place[key], dict | list) and place[key]) or draw.random() < 0.2:
            break
        place = place[key]
    kind = draw.choice(["replaced", "replaced", "deleted", "doubled"])
    if kind == "replaced":
        place[key] = draw.choice(STRANGE)
    elif kind == "deleted":
        del place[key]
    elif isinstance(place, list):
        place.insert(0, place[key])
    else:
        place[f"{key}_"] = place.pop(key)
    return f"{'.'.join(path)} {kind}"


def kept(checkout: Path) -> dict[str, bytes]:
    """What people keep of a run."""
    folder = checkout / "results/small/publication"
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def judge(change: Change, finished: Path, checkout: Path) -> tuple[str, str]:
    """What came of a change, and the last words of its run."""
    shutil.copytree(finished, checkout, symlinks=True)
    before = kept(checkout)
    change.make(checkout)
    result = run_snakemake(checkout, "--configfile", "small.yaml", *change.arguments)
    said = result.stdout
    words = [line for line in said.splitlines() if "Error: " in line or "ERROR: " in line]
    clean = "Traceback" not in said and "fault of the pipeline" not in said and "\x1b" not in said
    if result.returncode == 0:
        verdict = "wrong (taken)" if change.refused else "accepted harmlessly" if clean else "wrong (traceback)"
    elif not clean:
        verdict = "wrong (traceback)"
    elif not any(len(line) < 2500 and line.rstrip().endswith((".", "…")) for line in words):
        verdict = "wrong (no remedy)"
    else:
        verdict = "refused cleanly" if kept(checkout) == before else "wrong (destroyed)"
    shutil.rmtree(checkout)
    return verdict, (words or said.splitlines()[-1:] or [""])[-1].strip()[:300]


def main() -> None:
    """Run the campaign, and print its table; a word on the command line chooses one class of changes."""
    fixed = list(fixed_changes())
    changes = [*fixed, *raw_changes(NUMBER - len(fixed) if len(fixed) < NUMBER else 60)]
    if len(sys.argv) > 1:
        changes = [change for change in changes if change.kind == sys.argv[1]]
    table: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        forked_snakemake.started = Path(folder) / "started"
        forked_snakemake.started.mkdir()
        finished = copy_checkout(Path(folder) / "finished")
        write_small_paper(finished)
        done = run_snakemake(finished, "--configfile", "small.yaml", "--", *SMALL_PAPER_TARGETS)
        assert done.returncode == 0, done.stdout
        for change in changes:
            verdict, words = judge(change, finished, Path(folder) / "changed")
            table[change.kind, verdict] += 1
            print(f"{verdict:20} {change.kind:10} {change.name!a}: {words!a}", flush=True)
    verdicts = sorted({verdict for _, verdict in table})
    print(f"\n| class | {' | '.join(verdicts)} |\n|---|{'---|' * len(verdicts)}")
    for kind in dict.fromkeys(change.kind for change in changes):
        print(f"| {kind} | {' | '.join(str(table[kind, verdict]) for verdict in verdicts)} |")
    sys.exit(any(verdict.startswith("wrong") for verdict in verdicts))


if __name__ == "__main__":
    main()
