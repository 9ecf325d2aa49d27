"""Measures the CPU time of drawing in several versions of this project: bench_drawing.py COMMIT COMMIT ...

Each version rebuilds the paper on one core in a temporary checkout of its own, with the packages of this environment;
the authors' archive must be named by VALUE_PORTRAIT_ARCHIVE. Jobs that draw are sampled every 50 ms (``bench``).
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import ROOT, run_workflow


def main(commits: Sequence[str]) -> None:
    """Measure and print."""
    found = []
    for commit in commits:
        with tempfile.TemporaryDirectory() as folder:
            archive = subprocess.run(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
            subprocess.run(["tar", "-x"], cwd=folder, input=archive, check=True)
            run = run_workflow(commit, Path(folder), 1)
        found.append({job.rule: job.cpu for job in run.jobs if job.rule.startswith("draw_")})
        print(f"{commit}: {sum(found[-1].values()):.1f} s of {run.cpu:.1f} s", flush=True)
    print(f"{'user and system seconds':28}" + "".join(f"{commit[:12]:>14}" for commit in commits))
    for rule in sorted(set().union(*found)):
        print(f"{rule:28}" + "".join(f"{own[rule]:14.2f}" if rule in own else f"{'':14}" for own in found))
    totals = [sum(own.values()) for own in found]
    print(f"{'all':28}" + "".join(f"{total:14.2f}" for total in totals))
    print(f"{'of the first':28}" + "".join(f"{total / totals[0]:14.2f}" for total in totals))


if __name__ == "__main__":
    main(sys.argv[1:])
