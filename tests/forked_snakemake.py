"""Runs of Snakemake, and of its jobs, as forks of a process that has imported what they import.

In the small runs of the tests, imports are the longest part. They could hide that a script lacks one, so in every
session of tests the first job of each rule is a Python of its own, as all of them are for users.
``python forked_snakemake.py`` reads one run a line, as JSON, and answers each with its exit code.
"""

import atexit
import gc
import importlib
import json
import multiprocessing
import os
import runpy
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

# What Snakemake imports, in part late, in every run; then what scripts import.
IMPORTED = (
    "snakemake.cli",
    "argparse_dataclass",
    "nbformat",
    "platformdirs",
    "smart_open",
    "snakemake.benchmark",
    "snakemake.profiles",
    "snakemake.report.html_reporter",
    "snakemake.storage",
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
# Set by the session: a folder with a file for every rule that has had a job of its own.
started: Path | None = None
_idle: list[subprocess.Popen[str]] = []


def run_forked(
    folder: Path, arguments: list[str], environment: Mapping[str, str], fork_jobs: bool = True
) -> subprocess.CompletedProcess[str]:
    """What ``python -m snakemake`` does in a folder, its output and errors together; several may run at once.

    Without ``fork_jobs``, every job is a Python of its own.
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
        server.stdin.write(json.dumps(run | {"started": str(started) if fork_jobs else None}) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        said = Path(output.name).read_text(encoding="utf-8", errors="replace")
    _idle.append(server)
    return subprocess.CompletedProcess(arguments, code, said)


def become(environment: Mapping[str, str], folder: str, output: str, run: Callable[..., None], *arguments: Any) -> None:
    """Run a function in a fork as in a process started in a folder, whose output goes to the end of a file."""
    said = os.open(output, os.O_WRONLY | os.O_APPEND)
    for number in (1, 2):
        os.dup2(said, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    try:
        run(*arguments)
    finally:
        # What a process does at its end, but for taking down what it shares, which would copy it.
        atexit._run_exitfuncs()


def run_snakemake(server: socket.socket, folder: str, arguments: list[str], started: str | None) -> None:
    """What ``python -m snakemake`` does, but that jobs are asked of the server: all of them are scripts in Python."""
    from snakemake import cli
    from snakemake.benchmark import benchmarked
    from snakemake.script import PythonScript

    start = PythonScript.execute_script

    def execute_script(self: PythonScript, fname: str, edit: bool = False) -> None:
        try:
            Path(started, self.rulename).touch(exist_ok=False)
        except FileExistsError:
            fork(self, fname)
        else:
            start(self, fname, edit)

    def fork(self: PythonScript, fname: str) -> None:
        environment = dict(os.environ)
        if "tmpdir" in self.resources.keys():  # noqa: SIM118
            environment["TMPDIR"] = self.resources["tmpdir"]
        reading, writing = os.pipe()
        job = {"environment": environment, "folder": os.getcwd(), "script": fname}
        socket.send_fds(server, [json.dumps(job).encode()], [writing])
        os.close(writing)
        with open(reading) as answer:
            pid = int(answer.readline())
            with benchmarked(pid if self.bench_record else False, self.bench_record):
                # Nothing, if it was killed.
                code = answer.read()
        if code != "0":
            raise subprocess.CalledProcessError(int(code or -1), [sys.executable, fname])

    if started:
        PythonScript.execute_script = execute_script
    # As they are for ``python -m snakemake``.
    sys.path[0] = folder
    sys.argv = [str(Path(cli.__file__).with_name("__main__.py")), *arguments]
    cli.main()


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


def serve() -> None:
    """Fork for every run and every job; never import anything of the project here, since each run has its own."""
    # Read at the import, and what Snakemake sets for rules of one thread.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))
    for name in IMPORTED:
        importlib.import_module(name)
    # Else, the first collection in every fork would copy all that is here.
    gc.freeze()
    fork = multiprocessing.get_context("fork").Process
    for line in sys.stdin:
        run = json.loads(line)
        environment, folder, output = run["environment"], run["folder"], run["output"]
        ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        arguments = (run_snakemake, theirs, folder, run["arguments"], run["started"])
        processes = [fork(target=become, args=(environment, folder, output, *arguments))]
        processes[0].start()
        theirs.close()
        # Until Snakemake has ended.
        while (received := socket.recv_fds(ours, 2**18, 1))[0]:
            job, answer = json.loads(received[0]), received[1][0]
            arguments = (run_script, answer, job["script"])
            processes.append(fork(target=become, args=(job["environment"], job["folder"], output, *arguments)))
            processes[-1].start()
            os.close(answer)
        ours.close()
        for process in processes:
            process.join()
        print(processes[0].exitcode, flush=True)


if __name__ == "__main__":
    serve()
