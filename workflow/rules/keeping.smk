# What fails destroys nothing that people keep: what a failed run leaves missing is put back. No rule stands here.
from urllib.parse import quote

from value_portrait.keeping import keep_aside, put_back
from value_portrait.locking import begin_run

RUN = f".snakemake/value_portrait/runs/{quote(RESULTS, safe='')}"
ASIDE = f"{RUN}/before"


onstart:
    checked(begin_run, RESULTS, RUN)
    if workflow.local_exec:
        # What ends the run lets its jobs end: they take seconds, and live ones have their own way.
        shell.prefix("set -euo pipefail; trap '' INT TERM; ")
    note_what_is_asked()
    keep_aside(RESULTS, ["publication"], ASIDE)


onsuccess:
    put_back(RESULTS, ASIDE)


onerror:
    say_what_is_missing()
    if number := put_back(RESULTS, ASIDE):
        logger.warning(
            f"Put back {number} file(s) below {RESULTS}: they are the earlier run's, which this one did not renew."
        )
