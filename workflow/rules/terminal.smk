# Helpers of keeping.smk: what a run says in the terminal, briefly, and what it removes. No rule stands here.
from snakemake.io import IOFile
from value_portrait.configuration import STAGES
from value_portrait.keeping import remove_unmade
from value_portrait.terminal import Brief, expected_seconds, what_it_came_to

BRIEF = None
if workflow.is_main_process and not IS_MODULE:
    if not (workflow.output_settings.dryrun or workflow.output_settings.verbose):
        for handler in logger.handlers:
            if handler.name == "DefaultStreamHandler":
                BRIEF = Brief(handler.formatter)
                # Before Snakemake's own, which may leave out what it counts.
                handler.filters.insert(0, BRIEF)
                handler.setFormatter(BRIEF)


def seconds_taken(job):
    """How long a job took when it last ran; None where that is not known, or says nothing of this time."""
    records = [workflow.persistence.metadata(path) for path in job.output]
    if not records:
        return 0.0
    if job.rule.name in ("preflight_model", "query_model") or not all(one and one.starttime for one in records):
        return None
    return max(one.endtime for one in records) - min(one.starttime for one in records)


def say_what_is_to_do():
    """How many jobs there are, and how long they will take if that is known."""
    if BRIEF:
        took = {job: seconds_taken(job) for job in workflow.dag.needrun_jobs()}
        known = workflow.local_exec and all(seconds is not None and seconds >= 0 for seconds in took.values())
        cores = workflow.cores if workflow.local_exec else None
        expected = expected_seconds(took, workflow.dag.dependencies, cores) if known else None
        logger.info(BRIEF.begin(len(took), cores, expected))


def made_at(path):
    """When a run had made a file, by Snakemake's records; None if none of them did."""
    record = workflow.persistence.metadata(IOFile(path))
    return record and record.endtime


def is_made(path):
    """Whether a file can be made, by this run or by another that the same config allows."""
    return any(rule.is_producer(path) for rule in workflow.rules)


def tidy_up():
    """Remove what is left of runs with another config or an earlier version, of what people read and publish."""
    removed = [path for stage in STAGES for path in remove_unmade(f"{RESULTS}/{stage}", made_at, is_made)]
    for path in removed:
        workflow.persistence.cleanup_metadata(IOFile(path))
    if removed:
        named = ", ".join(removed[:5] + ["…"] * (len(removed) > 5))
        logger.info(f"Removed {len(removed)} file(s) of earlier runs that are no longer made: {named}")
