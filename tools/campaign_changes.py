"""The changes of the campaign: what is done to a finished small study, and what must come of it.

Each class of changes is a function that draws as many as it is asked for.
"""

import csv
import hashlib
import io
import json
import os
import random
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from authors_archive import MODELS, VERSIONS, answer_file
from campaign_studies import EXPORTED, LIVE, SCORES
from value_portrait.paper import raw_files
from value_portrait.paper.archive import TREE

CONFIG_FILES = ("config.yaml", "small.yaml", "config/providers.yaml", "config/instruments/value_portrait.yaml")
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
    "a template that runs": b"__use_yte__: true\na: ?__import__('os').getpid()\n",
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
PROVIDER_KEYS = {
    "key_env": ("AWS_SECRET_ACCESS_KEY", "sk-hunter2", "OPENAI_API_KEY\u200b", "[a]"),
    "base_url": (
        "http://api.openai.com/v1",
        "https://api.openai.com:99999/v1",
        "https://a:b@api.openai.com/v1",
        "ftp://a",
        "https://lab.example/v1",
        "https://api.openai.com.lab.example/v1",
        "https://api.openai.com@lab.example/v1",
        "https://api.openai.com%2elab.example/v1",
        "https://api.openai.com\\@lab.example/v1",
        "https://api.openai.com\u3002lab.example/v1",
    ),
    "timeout_s": (".nan", "0", "1e9", "true"),
    "max_in_flight": (".inf", "0", "1.5"),
    "batch_discount": ("-1", "2", "'1'"),
    "accepts": ("[temperature, tools]", "temperature"),
}
BODIES = ("{headers: {X: y}}", "{a: {api_key: z}}", "{x: 'Bearer abc'}", "{? [1] : 2}", "{a: .nan}", '{a: "\\e[2J"}')
Make = Callable[[Path], object]


class Change(NamedTuple):
    """One change: its class, what it is, what makes it, what must come of it, its study, and how it is run.

    ``must`` is "refused", "harmless" (taken, and every table as it was) or "either"; ``whole``: more is run than -n.
    """

    kind: str
    name: str
    make: Make
    must: str = "refused"
    study: str = "paper"
    whole: bool = False


def changed(file: str, spoil: Callable[[bytes], bytes]) -> Make:
    """Writes something else into a file."""

    def make(checkout: Path) -> None:
        path = checkout / file
        path.write_bytes(spoil(path.read_bytes()))

    return make


def in_text(file: str, old: str, new: str) -> Make:
    """Replaces the first match of a pattern in a file."""

    def spoil(data: bytes) -> bytes:
        text, number = re.subn(old, lambda found: new, data.decode(), count=1)
        assert number, (file, old)
        return text.encode()

    return changed(file, spoil)


def in_place(file: str, kind: str) -> Make:
    """Puts something else in the place of a file."""

    def make(checkout: Path) -> None:
        path = checkout / file
        path.unlink()
        if kind == "a folder":
            path.mkdir()
        elif kind == "a pipe":
            os.mkfifo(path)
        elif kind == "a circle of links":
            path.symlink_to(path.name)
        elif kind != "missing":
            path.write_bytes(CONTENTS[kind])

    return make


def in_archive(file: str, spoil: Callable[[bytes], bytes]) -> Make:
    """Writes another content into a file of the archive, and its checksum, as if it were a user's own."""

    def make(checkout: Path) -> None:
        changed(f"data/raw/{TREE}/{file}", spoil)(checkout)
        digest = hashlib.sha256((checkout / "data/raw" / TREE / file).read_bytes()).hexdigest()
        in_text("data/raw/SHA256SUMS", rf"(?m)^\w{{64}}  {re.escape(file)}$", f"{digest}  {file}")(checkout)

    return make


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


def mutated(seed: int, load: Callable[[bytes], Any], dump: Callable[[Any], str]) -> Callable[[bytes], bytes]:
    """Changes one thing in what a file holds."""

    def spoil(data: bytes) -> bytes:
        content = load(data)
        mutate(content, random.Random(seed))
        return dump(content).encode("utf-8", "surrogatepass")

    return spoil


def cut(seed: int) -> Callable[[bytes], bytes]:
    """Cuts a file short."""
    return lambda data: data[: random.Random(seed).randrange(len(data))]


def load_lines(data: bytes) -> list[Any]:
    """The values of JSON lines."""
    return [json.loads(line) for line in data.splitlines()]


def dump_lines(rows: list[Any]) -> str:
    """JSON lines of values."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def one_cell(seed: int, delimiter: str) -> Callable[[bytes], bytes]:
    """Puts something strange into a cell of a table."""

    def spoil(data: bytes) -> bytes:
        draw, rows = random.Random(seed), list(csv.reader(io.StringIO(data.decode()), delimiter=delimiter))
        row = draw.choice(rows)
        row[draw.randrange(len(row))] = draw.choice(
            [
                "nan",
                "inf",
                "1e999",
                "much",
                "",
                " 1",
                "1_0",
                "-1",
                "999999",
                "\x1b[2J",
                "a\u202eb",
                "x" * 9000,
                "\u0661",
            ]
        )
        written = io.StringIO()
        csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(rows)
        return written.getvalue().encode()

    return spoil


# Edits of a table with a header, by what they are and what must come of them.
EDITS: Mapping[str, tuple[str, Callable[[list[bytes]], list[bytes]]]] = {
    "a row twice": ("refused", lambda rows: [*rows, rows[-1]]),
    "a cell too many": ("refused", lambda rows: [*rows[:-1], rows[-1].rstrip(b"\n") + b",x,x,x,x,x,x,x,x,x,x,x\n"]),
    "a NUL": ("refused", lambda rows: [*rows, b"\0\n"]),
    "not UTF-8": ("refused", lambda rows: [*rows[:-1], b"\xff" + rows[-1]]),
    "an open quote": ("refused", lambda rows: [*rows[:-1], b'"' + rows[-1]]),
    "no header": ("refused", lambda rows: rows[:-2][-1:]),
    "a byte order mark": ("harmless", lambda rows: [b"\xef\xbb\xbf", *rows]),
    "line breaks of Windows": ("harmless", lambda rows: [row.replace(b"\n", b"\r\n") for row in rows]),
    "blank lines": ("harmless", lambda rows: [*rows, b"\n", b"\n"]),
}


def edits(kind: str, file: str, study: str, leave_out: tuple[str, ...] = ()) -> Iterator[Change]:
    """Each edit of a table."""
    for name, (must, edit) in EDITS.items():
        if name not in leave_out:
            make = changed(file, lambda data, edit=edit: b"".join(edit(data.splitlines(keepends=True))))
            yield Change(kind, f"{file}: {name}", make, must, study, True)


def places(draw: random.Random, number: int) -> Iterator[Change]:
    """Results where none may go."""
    for folder in FOLDERS[:number]:
        make = in_text("small.yaml", "results_dir: .*", f'results_dir: "{folder}"')
        yield Change("places", f"results_dir {folder[:20]}", make)


def numbers(draw: random.Random, number: int) -> Iterator[Change]:
    """What is no number where one stands."""
    for key, value in draw.sample([*product(NUMBER_KEYS, NUMBERS)], number):
        make = in_text("config.yaml", rf"(?m)^{key}: \S+", f"{key}: {value}")
        yield Change("numbers", f"{key.strip()} {value[:12]}", make)


def files(draw: random.Random, number: int) -> Iterator[Change]:
    """What is no such file."""
    kinds = ("missing", "a folder", "a pipe", "a circle of links", *CONTENTS)
    for file, kind in draw.sample([*product((*CONFIG_FILES, *TABLES, "data/raw/SHA256SUMS"), kinds)], number):
        yield Change("files", f"{file}: {kind}", in_place(file, kind))


def names(draw: random.Random, number: int) -> Iterator[Change]:
    """Names that would do something where they go."""
    cells = {
        "model": ("config/small_models.tsv", "\nfir-2\t", "\n{}\t"),
        "family": ("config/small_models.tsv", "\tFir\t", "\t{}\t"),
        "group": ("config/personas.tsv", "\tFemale\tYou", "\t{}\tYou"),
    }
    for (what, (file, old, new)), name in draw.sample([*product(cells.items(), NAMES)], number):
        yield Change("names", f"{what} {name[:20]!r}", in_text(file, old, new.format(name)))


def providers(draw: random.Random, number: int) -> Iterator[Change]:
    """Keys that would go where they must not, and what is no number there."""
    file, found = "config/providers.yaml", []
    for key, values in PROVIDER_KEYS.items():
        for value in values:
            found.append(Change("providers", f"{key} {value}", in_text(file, rf"{key}: [^#\n]+", f"{key}: {value}")))
    for body in BODIES:
        make = in_text(file, "    batch_discount", f"    extra_body: {body}\n    batch_discount")
        found.append(Change("providers", f"extra_body {body}", make))
    found.append(Change("providers", "a provider twice", in_text(file, "  local:", "  openai:")))
    yield from draw.sample(found, number)


def config(draw: random.Random, number: int) -> Iterator[Change]:
    """One thing changed in a file of the config, which may be taken where it still fits."""
    for seed in range(number):
        file = draw.choice([*CONFIG_FILES, *TABLES])
        spoil = one_cell(seed, "\t") if file in TABLES else mutated(seed, yaml.safe_load, yaml.safe_dump)
        yield Change("config", f"{file}, {seed}", changed(file, spoil), "either")


def printed(draw: random.Random, number: int) -> Iterator[Change]:
    """Tables copied out of print."""
    found = [*edits("print", "data/reference/table_12_open_weight_scores.csv", "paper")]
    found += edits("print", "data/reference/tables_13_to_16_people.csv", "certified")
    found += edits("print", "data/reference/abstract_claims.csv", "certified")
    for file in ("table_8_value_scores", "table_5_items_per_value", "counts", "fingerprints", "open_differences"):
        for seed in range(4):
            make = changed(f"data/reference/{file}.csv", one_cell(seed, ","))
            found.append(Change("print", f"{file}, cell {seed}", make, "either", "certified", True))
    for file in ("table_4_topics", "abstract_claims"):
        for kind in ("missing", "a pipe", "empty", "not UTF-8"):
            make = in_place(f"data/reference/{file}.csv", kind)
            found.append(Change("print", f"{file}: {kind}", make, "refused", "certified", True))
    row = in_text("config/small_models.tsv", "\nqwen2.5-0.5b-instruct\t", "\nqwen2.5-0.5b\t")
    yield from [Change("print", "a printed model that is not in print", row), *draw.sample(found, number - 1)]


def archive(draw: random.Random, number: int) -> Iterator[Change]:
    """Files of the archive with one thing changed somewhere, which may be taken where they still fit."""
    paths = [raw_files.SURVEY, raw_files.PARTICIPANTS, raw_files.ITEMS, raw_files.TOPICS]
    paths += [*raw_files.PILOT_SURVEYS.values(), *raw_files.PILOT_PARTICIPANTS.values()]
    for seed in range(number):
        file = draw.choice([*paths, answer_file(draw.choice(MODELS), draw.choice(VERSIONS))])
        torn = seed % 10 == 0
        make = in_archive(file, cut(seed) if torn else mutated(seed, json.loads, json.dumps))
        must = "refused" if torn else "either"
        yield Change("archive", f"{Path(file).name}, {'cut' if torn else seed}", make, must, "paper", True)


def scores(draw: random.Random, number: int) -> Iterator[Change]:
    """The authors' tags and scores."""
    for seed in range(number):
        file, torn = (SCORES, raw_files.PUBLISHED_TAGS)[seed % 2], seed % 5 == 0
        make = in_archive(file, cut(seed) if torn else mutated(seed, json.loads, json.dumps))
        must = "refused" if torn else "either"
        yield Change("scores", f"{Path(file).name}, {'cut' if torn else seed}", make, must, "certified", True)


def people(draw: random.Random, number: int) -> Iterator[Change]:
    """A file of the European Social Survey."""
    file = "data/raw/ess/ESS11.csv"
    found = [*edits("people", file, "paper")]
    found += [Change("people", kind, in_place(file, kind)) for kind in ("a pipe", "a folder", "a circle of links")]
    for seed in range(number - 6):
        found.append(Change("people", f"cell {seed}", changed(file, one_cell(seed, ",")), "either", "paper", True))
    yield from draw.sample(found, number)


def exports(draw: random.Random, number: int) -> Iterator[Change]:
    """Published live answers of others."""
    lines, columns = (f"data/recorded/{name}.{kind}" for name, kind in EXPORTED.items())
    both = lambda checkout: (checkout / lines).with_suffix(".parquet").write_bytes(b"PAR1")  # noqa: E731
    found = [Change("exports", "two of one model", both, "refused", "live")]
    for name, edit in {
        "a row twice": lambda rows: [*rows, rows[0]],
        "a row less": lambda rows: rows[1:],
        "another model's": lambda rows: [rows[0].replace(b"fir-lines", b"fir-other"), *rows[1:]],
        "an answer less": lambda rows: [re.sub(rb'"raw_response":"[^"]*"', b'"raw_response":null', rows[0]), *rows[1:]],
        "not UTF-8": lambda rows: [*rows, b"\xff\n"],
        "torn": lambda rows: [*rows[:-1], rows[-1][:50]],
    }.items():
        make = changed(lines, lambda data, edit=edit: b"".join(edit(data.splitlines(keepends=True))))
        found.append(Change("exports", f"lines: {name}", make, "refused", "live", True))
    for name, edit in {
        "turned round": lambda rows: rows[::-1],
        "a byte order mark": lambda rows: [b"\xef\xbb\xbf", *rows],
        "blank lines": lambda rows: [*rows, b"\n", b"  \n"],
        "line breaks of Windows": lambda rows: [row.replace(b"\n", b"\r\n") for row in rows],
    }.items():
        make = changed(lines, lambda data, edit=edit: b"".join(edit(data.splitlines(keepends=True))))
        found.append(Change("exports", f"lines: {name}", make, "harmless", "live", True))
    for seed in range(8):
        make = changed(lines, mutated(seed, load_lines, dump_lines))
        found.append(Change("exports", f"lines: {seed}", make, "either", "live", True))
        found.append(Change("exports", f"columns: cut {seed}", changed(columns, cut(seed)), "refused", "live", True))
    for kind in ("empty", "a pipe", "a folder", "a text"):
        for file in (lines, columns):
            found.append(Change("exports", f"{file}: {kind}", in_place(file, kind), "refused", "live", True))
    yield from draw.sample(found, number)


def store(draw: random.Random, number: int) -> Iterator[Change]:
    """The store of live answers, with its journal and its ledger."""
    answers, asked = f"data/responses/{LIVE}/baseline.jsonl", f"data/responses/{LIVE}/_preflight.jsonl"
    found = []
    for name, must, edit in (
        ("torn in its last line", "harmless", lambda rows: [*rows, rows[0][:80]]),
        ("torn in its last answer", "harmless", lambda rows: [*rows[:-1], rows[-1][:80]]),
        ("an answer less", "harmless", lambda rows: rows[1:]),
        ("an answer twice", "harmless", lambda rows: [*rows, rows[0]]),
        ("torn in its middle", "refused", lambda rows: [rows[0][:80] + b"\n", *rows[1:]]),
        ("an unknown outcome", "refused", lambda rows: [rows[0].replace(b'"answered"', b'"maybe"'), *rows[1:]]),
        ("a price that is none", "refused", lambda rows: [re.sub(rb'"usd":[\d.]+', b'"usd":-1', rows[0]), *rows[1:]]),
        # A row may get another name; what was sent says who was asked.
        ("of a former name", "harmless", lambda rows: [rows[0].replace(b'"fir-live"', b'"fir-other"', 1), *rows[1:]]),
        (
            "to another request",
            "refused",
            lambda rows: [rows[0].replace(b'"request":{', b'"request":{"n":1,'), *rows[1:]],
        ),
        ("not UTF-8", "refused", lambda rows: [b"\xff\n", *rows]),
    ):
        make = changed(answers, lambda data, edit=edit: b"".join(edit(data.splitlines(keepends=True))))
        found.append(Change("store", name, make, must, "live", True))
    for seed in range(8):
        make = changed(answers, mutated(seed, load_lines, dump_lines))
        found.append(Change("store", f"answers, {seed}", make, "either", "live", True))
        make = changed(asked, mutated(seed, load_lines, dump_lines))
        found.append(Change("store", f"preflight, {seed}", make, "either", "live", True))
    for name, must, text in (
        ("no journal", "refused", "x\n"),
        ("half an entry", "harmless", '{"event": "int'),
        ("an entry of no kind", "refused", '{"event": "paid", "id": "a"}\n'),
        ("a batch without an end", "refused", '{"event": "intent", "id": "a", "time": NaN, "keys": {}, "usd": 1}\n'),
    ):
        make = lambda checkout, text=text: (checkout / answers).with_suffix(".batches").write_text(text)  # noqa: E731
        found.append(Change("store", f"journal: {name}", make, must, "live", True))
    for text in ("{", "[]", '{"a": {"size": -1}}', '{"fir-live/baseline.jsonl": {"size": 1e300, "usd": NaN}}', "\0"):
        make = lambda checkout, text=text: (checkout / "data/responses/ledger.json").write_text(text)  # noqa: E731
        found.append(Change("store", f"ledger: {text}", make, "harmless", "live", True))
    for kind in ("a pipe", "a folder", "a circle of links"):
        found.append(Change("store", f"answers: {kind}", in_place(answers, kind), "refused", "live", True))
    yield from draw.sample(found, number)


def own_study(draw: random.Random, number: int) -> Iterator[Change]:
    """The tables of one's own study, and what goes with them."""
    found = []
    for name in ("items", "survey", "participants", "topics"):
        found += edits("own study", f"mine/{name}.csv", "own")
        for seed in range(6):
            make = changed(f"mine/{name}.csv", one_cell(seed, ","))
            found.append(Change("own study", f"{name}.csv, cell {seed}", make, "either", "own", True))
    for seed in range(6):
        make = changed("mine/answers/fir-1.jsonl", mutated(seed, load_lines, dump_lines))
        found.append(Change("own study", f"answers, {seed}", make, "either", "own", True))
        for file in ("mine/instrument.yaml", "mine/study.yaml"):
            make = changed(file, mutated(seed, yaml.safe_load, yaml.safe_dump))
            found.append(Change("own study", f"{file}, {seed}", make, "either", "own", True))
    for kind in ("missing", "a folder", "a pipe", "a circle of links", "empty", "not UTF-8", "a NUL", "a text"):
        for file in ("items.csv", "topics.csv", "answers/fir-1.jsonl", "prompts/plain/statement.txt"):
            if (kind, file) != ("missing", "topics.csv"):
                found.append(
                    Change("own study", f"{file}: {kind}", in_place(f"mine/{file}", kind), "refused", "own", True)
                )
    yield from draw.sample(found, number)


# How many of each class.
SHARES: Mapping[Callable[[random.Random, int], Iterator[Change]], int] = {
    places: 11,
    numbers: 24,
    files: 44,
    names: 15,
    providers: 22,
    config: 24,
    printed: 24,
    archive: 40,
    scores: 12,
    people: 14,
    exports: 22,
    store: 22,
    own_study: 26,
}


def all_changes(seed: int) -> list[Change]:
    """The changes of all classes, drawn from a seed."""
    return [change for make, number in SHARES.items() for change in make(random.Random(seed), number)]
