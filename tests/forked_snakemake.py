"""Runs of Snakemake, and of its jobs, as forks of a process that has imported what they import.

In the small runs of the tests, imports are the longest part. ``python forked_snakemake.py`` reads one run a line, as
JSON, and answers each with its exit code.
"""

import gc
import importlib
import json
import os
import runpy
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

# What Snakemake imports, in part late, in every run; then what scripts import.
IMPORTED = (
    "snakemake.cli",
    "snakemake.report.html_reporter",
    "matplotlib.backends.backend_pdf",
    "matplotlib.backends.backend_svg",
    "openai",
    "orjson",
    "pingouin",
    "pyarrow.compute",
    "pyarrow.parquet",
    "pydantic",
    "scipy.special",
    "scipy.stats",
    "yaml",
)
_idle: list[subprocess.Popen[str]] = []


def run_forked(
    folder: Path, arguments: list[str], environment: Mapping[str, str], fork_jobs: bool = True
) -> subprocess.CompletedProcess[str]:
    """What ``python -m snakemake`` does in a folder, its output and errors together; several may run at once.

    Without ``fork_jobs``, every job is a Python of its own, as it is for users.
    """
    try:
        server = _idle.pop()
    except IndexError:
        command = [sys.executable, __file__]
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.NamedTemporaryFile() as output:
        run = {"folder": str(folder), "arguments": arguments, "environment": dict(environment), "output": output.name}
        server.stdin.write(json.dumps(run | {"fork_jobs": fork_jobs}) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        said = Path(output.name).read_text(encoding="utf-8", errors="replace")
    _idle.append(server)
    return subprocess.CompletedProcess(arguments, code, said)


def become(environment: Mapping[str, str], folder: str, output: str) -> None:
    """Give a fork the surroundings of a process started in a folder, whose output goes to the end of a file."""
    said = os.open(output, os.O_WRONLY | os.O_APPEND)
    for number in (1, 2):
        os.dup2(said, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)


def run_snakemake(server: socket.socket, folder: str, arguments: list[str], fork_jobs: bool) -> None:
    """What ``python -m snakemake`` does; jobs with a script in Python are asked of the server, if they are to fork."""
    from snakemake import cli
    from snakemake.benchmark import benchmarked
    from snakemake.script import PythonScript

    def execute_script(self: PythonScript, fname: str, edit: bool = False) -> None:
        environment = dict(os.environ)
        if "tmpdir" in self.resources.keys():  # noqa: SIM118
            environment["TMPDIR"] = self.resources["tmpdir"]
        reading, writing = os.pipe()
        job = {"environment": environment, "folder": os.getcwd(), "script": fname}
        socket.send_fds(server, [json.dumps(job).encode()], [writing])
        os.close(writing)
        with open(reading) as answer, benchmarked(int(answer.readline()), self.bench_record):
            # Nothing, if it was killed.
            code = answer.read()
        if code != "0":
            raise subprocess.CalledProcessError(int(code or -1), [sys.executable, fname])

    if fork_jobs:
        PythonScript.execute_script = execute_script
    # As they are for ``python -m snakemake``.
    sys.path[0] = folder
    sys.argv = [str(Path(cli.__file__).with_name("__main__.py")), *arguments]
    cli.main()
    sys.exit()


def run_script(answer: int, script: str) -> None:
    """What ``python <script>`` does; number of the process and exit code go to a file."""
    os.write(answer, f"{os.getpid()}\n".encode())
    sys.path[0] = str(Path(script).parent)
    code: object = 1
    try:
        runpy.run_path(script, run_name="__main__")
        code = 0
    except SystemExit as leave:
        code = leave.code
        raise
    finally:
        os.write(answer, str(code).encode())
    sys.exit()


def serve() -> None:
    """Fork for every run and every job; never import anything of the project here, since each run has its own."""
    # Read at the import, and what Snakemake sets for rules of one thread.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    for name in IMPORTED:
        importlib.import_module(name)
    # Else, the first collection in every fork would copy all that is here.
    gc.freeze()
    for line in sys.stdin:
        run = json.loads(line)
        output = run.pop("output")
        ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        child = os.fork()
        if not child:
            ours.close()
            become(run.pop("environment"), run["folder"], output)
            run_snakemake(theirs, **run)
        theirs.close()
        jobs = []
        while True:
            content, files, *_ = socket.recv_fds(ours, 2**18, 1)
            if not content:
                break
            job = json.loads(content)
            jobs.append(os.fork())
            if not jobs[-1]:
                ours.close()
                become(job["environment"], job["folder"], output)
                run_script(*files, job["script"])
            os.close(*files)
        ours.close()
        _, status = os.waitpid(child, 0)
        for pid in jobs:
            os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    serve()
