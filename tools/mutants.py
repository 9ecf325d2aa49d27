"""Mutates modules of the library and counts the mutants that the unit tests of their room kill (``make mutants``).

    python tools/mutants.py                           every module of ROOMS
    python tools/mutants.py scores                    one room
    python tools/mutants.py scores/profiles items     a module and a room

Each module is mutated by itself, in .mutants/ROOM/MODULE: there a survivor can be looked at again with ``mutmut show``.
What is wrong in a message's wording is not counted, what is wrong in its numbers is; nor is what cannot change a
result: annotations, which warnings NumPy gives, the ``strict=True`` of ``zip`` (column "silent"). The run fails where
less than 95 % of the mutants are killed, those left out that tools/equivalent_mutants.tsv shows to be no faults.
mutmut leaves out what stands outside of functions, and decorated functions (properties among them).
"""

import ast
import csv
import difflib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = ROOT / "workflow/scripts/value_portrait"
STAGES = ROOT / ".mutants"
EQUIVALENT = ROOT / "tools/equivalent_mutants.tsv"
ROOMS = ("items", "scores", "personas", "responses")
# Tests that bring up servers, wait or kill processes are left out: quicker ones have to notice every fault, too.
SLOW = {"test_batch.py", "test_engine.py", "test_killing.py", "test_pacing.py", "test_preflight.py"}
MESSAGES = {"InputError", "Stopped", "ValueError", "warning", "print"}
Function = ast.FunctionDef | ast.AsyncFunctionDef
KILLED = {1, 3, 24, -24, 36, 152, 255}  # failed tests; too much time
SHARE = 0.95
SETTINGS = """\
[tool.mutmut]
source_paths = ["value_portrait"]
only_mutate = ["value_portrait/{module}.py"]
pytest_add_cli_args = [
    "-p", "no:cacheprovider", "-p", "no:unraisableexception", "--tb=no",
    "-p", "quick", "--hypothesis-profile=quick", "--hypothesis-seed=0",
]
pytest_add_cli_args_test_selection = {tests}
use_git_change_detection = false

[tool.pytest.ini_options]
pythonpath = ["workflow/scripts", "tests"]
"""

# A failing example is enough to kill: the quickest tests go first, and no example is made small, nor another looked
# for, which takes up to a minute for each mutant; nor is the memory searched for what pytest might warn of. Mutants
# that cannot change a result are not tested: all tests would run.
QUICK = """\
import gc
import json
import os
import runpy
import sys
from functools import cache
from pathlib import Path

from hypothesis import Phase, settings

settings.register_profile(
    "quick", deadline=None, database=None, phases=[Phase.explicit, Phase.generate], report_multiple_bugs=False
)


@cache
def silent():
    tool = runpy.run_path("{tool}")
    return {{name for name, *_, is_silent in tool["changes"](Path("{mutated}").read_text()) if is_silent}}


def pytest_configure():
    gc.freeze()  # what the processes of all mutants share


def pytest_collection_modifyitems(items):
    if os.environ["MUTANT_UNDER_TEST"].rpartition(".")[2] in silent():
        items.clear()
    stats = Path("mutmut-stats.json")
    seconds = json.loads(stats.read_text())["duration_by_test"] if stats.exists() else {{}}
    items.sort(key=lambda item: seconds.get(item.nodeid, 0))


def pytest_runtest_setup():
    # What is remembered was made without the mutant, or hides from mutmut which tests call a function.
    for name, module in list(sys.modules.items()):
        if name.startswith("value_portrait"):
            for remembered in vars(module).values():
                getattr(remembered, "cache_clear", int)()
"""


class Mutant(NamedTuple):
    """One mutant: where it is, the lines it changes, and what became of it."""

    place: str
    before: str
    after: str
    silent: bool
    killed: bool


def main() -> None:
    """Mutate, count, list the survivors."""
    with EQUIVALENT.open(newline="") as file:
        explained = {(row["place"], row["before"], row["after"]) for row in csv.DictReader(file, delimiter="\t")}
    modules = list(chosen(sys.argv[1:] or ROOMS))
    print(f"{'module':32}{'mutants':>8}{'silent':>8}{'killed':>8}{'survived':>9}{'share':>8}", flush=True)
    found: list[Mutant] = []
    for module in modules:
        mutants = mutate(module)
        print(line(module, mutants), flush=True)
        found += mutants
    print(line("all", found))
    alive = [mutant for mutant in found if not (mutant.killed or mutant.silent)]
    unexplained = [mutant for mutant in alive if mutant[:3] not in explained]
    for mutant in unexplained:
        print(f"\n{mutant.place}\n- {mutant.before}\n+ {mutant.after}")
    stale = sorted(
        key for key in explained - {mutant[:3] for mutant in alive} if key[0].partition(":")[0] in set(modules)
    )
    for place, before, after in stale:
        print(f"\n{place}: in {EQUIVALENT.name}, but it does not survive: remove it\n- {before}\n+ {after}")
    # What no test can tell from the original is no mutant.
    counted = sum(not mutant.silent for mutant in found) - (len(alive) - len(unexplained))
    print(f"\n{len(alive) - len(unexplained)} survivors are explained in {EQUIVALENT.name}.")
    if stale or len(unexplained) > (1 - SHARE) * counted:
        sys.exit(f"{len(unexplained)} of {counted} mutants survive.")


def line(name: str, mutants: list[Mutant]) -> str:
    """One line of the table."""
    counted = [mutant.killed for mutant in mutants if not mutant.silent]
    share = f"{sum(counted) / len(counted):.1%}" if counted else "-"
    silent, alive = len(mutants) - len(counted), len(counted) - sum(counted)
    return f"{name:32}{len(mutants):8}{silent:8}{sum(counted):8}{alive:9}{share:>8}"


def chosen(names: list[str] | tuple[str, ...]) -> Iterator[str]:
    """The modules that rooms and modules name, as ROOM/MODULE."""
    for name in names:
        paths = (
            [LIBRARY / f"{name}.py"] if (LIBRARY / f"{name}.py").exists() else sorted(LIBRARY.glob(f"{name}/**/*.py"))
        )
        if not paths:
            sys.exit(f"{name}: neither a room nor a module of {LIBRARY.relative_to(ROOT)}.")
        yield from (str(p.relative_to(LIBRARY).with_suffix("")) for p in paths if p.name != "__init__.py")


def mutate(module: str) -> list[Mutant]:
    """Run mutmut on one module, afresh: it does not notice tests that changed."""
    stage = STAGES / module
    shutil.rmtree(stage, ignore_errors=True)
    copy = stage / "mutants"
    (copy / "workflow/scripts/value_portrait").mkdir(parents=True)
    # mutmut takes a module's name from its path, so the library has to stand at the top; its tests want it where it is.
    (copy / "value_portrait").symlink_to("workflow/scripts/value_portrait")
    (stage / "value_portrait").symlink_to(LIBRARY)
    (stage / "tests").symlink_to(ROOT / "tests")
    for folder in ("", "workflow", "workflow/scripts"):
        for path in (ROOT / folder).iterdir():
            if not (copy / folder / path.name).exists() and not path.name.startswith(".") and path.name != "tests":
                (copy / folder / path.name).symlink_to(path)
    room = module.split("/")[0]
    tests = [
        f"tests/unit/{room}/{p.name}"
        for p in sorted((ROOT / "tests/unit" / room).glob("test_*.py"))
        if p.name not in SLOW
    ]
    (copy / "pyproject.toml").unlink()
    (stage / "pyproject.toml").write_text(SETTINGS.format(module=module, tests=json.dumps(tests)))
    mutated = copy / f"workflow/scripts/value_portrait/{module}.py"
    (copy / "quick.py").write_text(QUICK.format(tool=Path(__file__).resolve(), mutated=mutated))
    command = [Path(sys.executable).with_name("mutmut"), "run", "--max-children", str(len(os.sched_getaffinity(0)))]
    with (stage / "mutmut.log").open("w") as log:
        status = subprocess.run(command, cwd=stage, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
    if status and "could not find any test case" not in (stage / "mutmut.log").read_text():
        sys.exit(f"{module}: mutmut failed; see {stage.relative_to(ROOT)}/mutmut.log")
    return list(read_mutants(module, mutated.read_text(), json.loads(Path(f"{mutated}.meta").read_text())))


def read_mutants(module: str, source: str, meta: dict[str, dict[str, int | None]]) -> Iterator[Mutant]:
    """The mutants of a mutated module, as mutmut writes them, and their exit codes."""
    codes = {key.rpartition(".")[2]: code for key, code in meta["exit_code_by_key"].items()}
    for name, before, after, silent in changes(source):
        mangled = name.partition("__mutmut_")[0]
        place = f"{module}:{mangled.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"
        yield Mutant(place, before, after, silent, codes[name] in KILLED)


def changes(source: str) -> Iterator[tuple[str, str, str, bool]]:
    """Of every mutant in a mutated module its function's name, which stands beside the original; what it was and is."""
    functions = {node.name: node for node in ast.walk(ast.parse(source)) if isinstance(node, Function)}
    lines = source.splitlines()
    for name, new in functions.items():
        mangled, _, number = name.partition("__mutmut_")
        if not number.isdigit():
            continue
        old = functions[f"{mangled}__mutmut_orig"]
        texts = [lines[node.lineno : node.end_lineno] for node in (old, new)]
        differing = [text for text in difflib.ndiff(*texts) if text[0] in "-+"]
        before, after = (" ".join(text[2:].strip() for text in differing if text[0] == sign) for sign in "-+")
        yield name, before, after, differs_in_silence(deepcopy(old), new)


def differs_in_silence(old: Function, new: Function) -> bool:
    """Whether two functions compute the same and differ in the words of a message alone, not in what is put there."""
    for was, now in zip(messages(old), messages(new), strict=False):
        for place, (a, b) in enumerate(zip(was.args, now.args, strict=False)):
            dropped = isinstance(b, ast.Constant) and b.value is None and (place > 0 or isinstance(a, ast.Constant))
            if put_in(a) is not None and (put_in(a) == put_in(b) or dropped):
                now.args[place] = a
    was_left, now_left = (Silent(old).visit(function) for function in (old, new))
    return [ast.dump(part) for part in (was_left.args, *was_left.body)] == [
        ast.dump(part) for part in (now_left.args, *now_left.body)
    ]


class Silent(ast.NodeTransformer):
    """Takes out of a function what cannot change its result."""

    def __init__(self, original: Function) -> None:
        # Lists of different lengths are meant there.
        self.lengths_differ = "strict=False" in ast.unparse(original)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """The annotation of a variable."""
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Warnings that are off, a check of equal lengths, "NAN" for "nan", pandas' own default, None for False."""
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
        if (name == "errstate" and "raise" not in ast.unparse(node)) or (name == "zip" and not self.lengths_differ):
            node.keywords = []
        if name == "float" and isinstance(node.args[0], ast.Constant):
            node.args[0].value = str(node.args[0].value).lower()
        if name == "groupby":
            node.keywords = [word for word in node.keywords if ast.unparse(word) != "observed=True"]
            for word in node.keywords:
                if ast.unparse(word) == "sort=None":
                    word.value = ast.Constant(False)
        return self.generic_visit(node)


def messages(function: ast.AST) -> list[ast.Call]:
    """The calls of a function that tell the user something."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    return [call for call in calls if (getattr(call.func, "id", None) or getattr(call.func, "attr", None)) in MESSAGES]


def put_in(text: ast.expr) -> list[str] | None:
    """What is put between the words of a string; None for anything else."""
    if isinstance(text, ast.Constant) and isinstance(text.value, str):
        return []
    if isinstance(text, ast.JoinedStr):
        return [ast.dump(part) for part in text.values if not isinstance(part, ast.Constant)]
    return None


if __name__ == "__main__":
    main()
