# Where things are: what comes with the workflow stands beside it, what is the user's in the working directory.
# No rule stands here.
import atexit
import gc
import os
import re
import sys
import tarfile
import tempfile
from functools import cache
from pathlib import Path

from snakemake.iocontainers import Snakemake
from snakemake.persistence import PersistenceBase
from snakemake.sourcecache import LocalSourceFile


def _home(rules):
    """The workflow's own folder, whoever uses it and from wherever."""
    if isinstance(rules, LocalSourceFile):
        return Path(str(rules)).parents[1]
    # Of a hosted workflow Snakemake fetches what rules name, file by file, and no module of the library.
    repository = rules.hosted_repo.repo
    commit = repository.commit(rules.ref).hexsha
    home = Path(".snakemake", "value_portrait", commit).absolute()
    if not home.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent) as folder, tempfile.TemporaryFile() as packed:
            repository.archive(packed, commit)
            packed.seek(0)
            with tarfile.open(fileobj=packed) as tree:
                tree.extractall(f"{folder}/tree", filter="data")
            os.rename(f"{folder}/tree", home)
    return home


HOME = _home(workflow.current_basedir)
SCRIPTS = HOME / "workflow" / "scripts"
IN_PLACE = HOME.samefile(".")
# Snakemake hands all of its own path to the scripts, so this is the one place that names the library.
sys.path.append(str(SCRIPTS))

from value_portrait.checking import read_config
from value_portrait.errors import InputError


def checked(function, *arguments):
    """The function's result; its complaint about the input ends the workflow in one line."""
    try:
        return function(*arguments)
    except InputError as error:
        # An exception would be shown with lines of this file, which are not where the fault is.
        sys.exit(f"Error: {error}")


def say_interrupted(kind, error, trace):
    """How a run ends that Ctrl-C hits before or after its jobs: with a line, and not with a traceback."""
    if issubclass(kind, KeyboardInterrupt):
        print("Interrupted. What is finished is kept: the same command goes on from there.", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


def keep_parameters(given, parameters):
    """Hand a job's parameters to its script as they are."""
    given._params_store, given._params_types = parameters, {}


# Another workflow that takes this one as a module has its own files and habits.
IS_MODULE = workflow.modifier.parent_modifier is not None
if not IS_MODULE:
    sys.excepthook = say_interrupted
    # Snakemake would import pandas, which takes a fifth of its start, to ask whether a parameter is a table: none is.
    PersistenceBase._serialize_param = PersistenceBase._serialize_param_builtin
    Snakemake._safely_store_params = keep_parameters
    # Python's last search for garbage, through all that Snakemake has read, would take another fifth.
    atexit.register(gc.freeze)


def shipped(path):
    """Where a file is that comes with the workflow."""
    return path if IN_PLACE else str(HOME / path)


def chosen(path, key):
    """Where the file is that a key of the config names: in the working directory, else beside the workflow."""
    if IN_PLACE or os.path.exists(path):
        return path
    if not os.path.exists(shipped(path)):
        raise InputError(path, f"is missing, here and beside the workflow ({HOME}).", f"Correct '{key}' in the config.")
    return shipped(path)


def library(script):
    """What a script's results depend on besides its data: the modules it imports, however deeply, and the lock file."""
    modules, seen = [SCRIPTS / f"{script}.py"], set()
    while modules:
        for module in _imported_modules(modules.pop()):
            if module not in seen:
                seen.add(module)
                modules.append(module)
    modules = sorted(str(module.relative_to(HOME)) for module in seen)
    return [shipped(path) for path in [*modules, "requirements.lock"]]


# A tree of the syntax would take a third of the time that a dry run takes.
_IMPORT = re.compile(r"^\s*from (value_portrait[.\w]*) import (\([^)]*\)|[^#\n]*)", re.MULTILINE)
_NAME = re.compile(r"(\w+)(?: as \w+)?")


@cache
def _imported_modules(path):
    modules = set()
    for module, names in _IMPORT.findall(path.read_text()):
        imported = SCRIPTS.joinpath(*module.split("."))
        whole = imported.with_suffix(".py").exists()
        modules |= {imported} if whole else {imported / name for name in _NAME.findall(names)}
    return [path.with_suffix(".py") for path in modules]


# Before Snakemake reads it, whose complaints name no file.
if os.path.exists("config.yaml"):
    checked(read_config, "config.yaml")
