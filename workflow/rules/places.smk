# Where things are: what comes with the workflow stands beside it, what is the user's in the working directory.
# No rule stands here.
import os
import sys
import tarfile
import tempfile
from pathlib import Path

from snakemake.sourcecache import LocalGitFile, LocalSourceFile


def _home(rules):
    """The workflow's own folder, whoever uses it and from wherever."""
    if isinstance(rules, LocalSourceFile):
        return Path(str(rules)).parents[1]
    import git

    # Of a workflow in a repository Snakemake fetches what rules name, file by file, and no module of the library.
    repository = git.Repo(rules.repo_path) if isinstance(rules, LocalGitFile) else rules.hosted_repo.repo
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


def shipped(path):
    """Where a file is that comes with the workflow."""
    return path if IN_PLACE else str(HOME / path)


def chosen(path, key):
    """Where the file is that a key of the config names: in the working directory, else beside the workflow."""
    if IN_PLACE or os.path.exists(path):
        return path
    if not os.path.exists(shipped(path)):
        # An exception would be shown with lines of this file, which are not where the fault is.
        sys.exit(f"Error: {path} is missing, here and beside the workflow ({HOME}). Correct '{key}' in the config.")
    return shipped(path)
