# What fails destroys nothing that people keep: what a failed run leaves missing is put back; what a whole run finds of
# earlier ones and no rule makes any more is removed. No rule stands here.
from urllib.parse import quote

from value_portrait.keeping import keep_aside, put_back
from value_portrait.locking import begin_run

RUN = f".snakemake/value_portrait/runs/{quote(RESULTS, safe='')}"
ASIDE = f"{RUN}/before"
# What is read from outside, which may have got a fault since, and what people open.
KEPT = ["study", "items", "responses", "personas", "publication"]
# Targets that stand for the whole study.
WHOLE_STUDY = {"all", "whole_study"}


onstart:
    checked(begin_run, RESULTS, RUN)
    if workflow.local_exec:
        # What ends the run lets its jobs end: they take seconds, and live ones have their own way.
        shell.prefix("set -euo pipefail; trap '' INT TERM; ")
        # The limit that Snakemake has unless told otherwise, 100 jobs in a second, is for clusters: its clock would keep a
        # run that is done for another second.
        limit = workflow.scheduling_settings.max_jobs_per_timespan
        if limit and (limit.max_jobs, limit.timespan) == (100, 1):
            workflow.scheduler.job_rate_limiter = None
    note_what_is_asked()
    say_what_is_to_do()
    keep_aside(RESULTS, KEPT, ASIDE)


onsuccess:
    put_back(RESULTS, ASIDE)
    if WHOLE_STUDY & {job.rule.name for job in workflow.dag.targetjobs} and not workflow.touch:
        tidy_up()
        logger.info(what_it_came_to(RESULTS))


onerror:
    say_what_is_missing()
    if number := put_back(RESULTS, ASIDE):
        logger.warning(
            f"Put back {number} file(s) below {RESULTS}: they are the earlier run's, which this one did not renew."
        )
