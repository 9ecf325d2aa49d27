"""Measures memory and time of every rule of the paper and of the demo, for the rules' ``resources``.

Runs both in a temporary copy of this checkout (the archive must be in data/raw/ or named by VALUE_PORTRAIT_ARCHIVE),
and prints for each rule the largest resident set of its scripts, sampled every 20 ms, and the longest time. A rule asks
for twice that memory and 500 MB for the two Snakemake processes around a job on a cluster, in steps of 250 MB; and for
five minutes, or two where it has one job for each model. Live rules, which this does not run, ask for 1,000 MB.
"""

import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import psutil
from bench import copy_checkout

AROUND_MB, STEP_MB = 500, 250


def main() -> None:
    """Run, sample and print."""
    memory: dict[str, float] = defaultdict(float)
    seconds: dict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder) / "checkout"
        copy_checkout(checkout)
        for arguments in ([], ["--configfile", "config/demo.yaml"]):
            command = [sys.executable, "-m", "snakemake", "--cores", str(os.cpu_count()), "--quiet", "all", *arguments]
            with subprocess.Popen(command, cwd=checkout) as process:
                while process.poll() is None:
                    sample(process.pid, memory, seconds)
                    time.sleep(0.02)
            if process.returncode:
                sys.exit("The run failed.")
    print(f"{'rule':32}{'peak MB':>9}{'seconds':>9}{'mem_mb':>8}")
    for rule, peak in sorted(memory.items()):
        print(f"{rule:32}{peak:9.0f}{seconds[rule]:9.1f}{math.ceil((2 * peak + AROUND_MB) / STEP_MB) * STEP_MB:8.0f}")


def sample(pid: int, memory: dict[str, float], seconds: dict[str, float]) -> None:
    """Note what the scripts that run now have come to."""
    for process in psutil.Process(pid).children(recursive=True):
        try:
            script = re.search(r"/\.snakemake/scripts/\w+\.(\w+)\.py", " ".join(process.cmdline()))
            if script:
                memory[script[1]] = max(memory[script[1]], process.memory_info().rss / 1e6)
                seconds[script[1]] = max(seconds[script[1]], time.time() - process.create_time())
        except psutil.Error:
            continue


if __name__ == "__main__":
    main()
