"""Runs of Snakemake as forks of a process that has imported it: of a short run, the imports are the longest part.

``python forked_snakemake.py`` reads one run a line, as JSON, and answers each with its exit code.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

_idle: list[subprocess.Popen[str]] = []


def run_forked(folder: Path, arguments: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What ``python -m snakemake`` does in a folder, its output and errors together; several may run at once."""
    try:
        server = _idle.pop()
    except IndexError:
        command = [sys.executable, __file__]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.NamedTemporaryFile() as output:
        run = {"folder": str(folder), "arguments": arguments, "environment": dict(environment), "output": output.name}
        server.stdin.write(json.dumps(run) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        said = Path(output.name).read_text(encoding="utf-8", errors="replace")
    _idle.append(server)
    return subprocess.CompletedProcess(arguments, code, said)


def serve() -> None:
    """Fork for every run; never import anything of the project here, since each run has its own."""
    # Beside the command line, what Snakemake imports late, in every run.
    import numpy  # noqa: F401
    import snakemake.report.html_reporter  # noqa: F401
    from snakemake import cli

    for line in sys.stdin:
        run = json.loads(line)
        child = os.fork()
        if not child:
            output = os.open(run["output"], os.O_WRONLY | os.O_APPEND)
            for number in (1, 2):
                os.dup2(output, number)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.environ.clear()
            os.environ.update(run["environment"])
            os.chdir(run["folder"])
            # As they are for ``python -m snakemake``.
            sys.path[0] = run["folder"]
            sys.argv = [str(Path(cli.__file__).with_name("__main__.py")), *run["arguments"]]
            cli.main()
            sys.exit()
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
