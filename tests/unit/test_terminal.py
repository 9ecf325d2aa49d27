import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter
from snakemake.settings.enums import Quietness
from snakemake_interface_logger_plugins.common import LogEvent
from value_portrait.terminal import Brief, duration, expected_seconds, what_it_came_to


@pytest.fixture
def terminal():
    """A handler as Snakemake makes it, brief; what it has written."""
    handler = ColorizingTextHandler(nocolor=True, stream=io.StringIO())
    handler.addFilter(DefaultFilter(set(), False, False, False, False))
    handler.setFormatter(DefaultFormatter())
    brief = Brief(handler.formatter)
    handler.filters.insert(0, brief)
    handler.setFormatter(brief)
    return handler, brief


def say(handler, message=None, level=logging.INFO, **extra):
    record = logging.LogRecord("snakemake.logging", level, "", 0, message, (), None)
    record.__dict__.update(extra)
    record.created = handler.formatter.begun + extra.get("after", 0)
    handler.handle(record)


def job(handler, what, after=0, rule="draw_items", output=("a.png",)):
    say(
        handler,
        event=LogEvent.JOB_INFO,
        rule_msg=what,
        rule_name=rule,
        jobid=3,
        reason="long",
        indent=False,
        output=list(output),
        after=after,
    )


def test_a_job_has_one_line_with_time_and_jobs_done(terminal):
    handler, brief = terminal
    say(handler, "Building DAG of jobs...")
    say(handler, "Job stats:\njob count", event=LogEvent.RUN_INFO, stats={})
    say(handler, brief.begin(12, 2, 75.2))
    for number, after in ((1, 0), (2, 61.6)):
        say(handler, "Select jobs to execute...")
        say(handler, "Execute 1 jobs...", event=LogEvent.JOB_STARTED, jobs=[3])
        job(handler, f"Drawing {number}", after)
        say(handler, "Finished jobid: 3", event=LogEvent.JOB_FINISHED, job_id=3)
        say(handler, event=LogEvent.PROGRESS, done=number, total=12)
    job(handler, None, 3700)
    assert handler.stream.getvalue().splitlines() == [
        "Building DAG of jobs...",
        "12 jobs on 2 cores, about 1:15 by what they took last time. Time, jobs done, what begins:",
        "",
        "   0:00   0 of 12  Drawing 1",
        "   1:02   1 of 12  Drawing 2",
        "1:01:40   2 of 12  draw_items",
    ]


def test_the_line_that_all_is_made_says_that_all_jobs_are_done(terminal):
    handler, brief = terminal
    brief.begin(2, 2, None)
    job(handler, "Drawing")
    say(handler, event=LogEvent.PROGRESS, done=1, total=2)
    job(handler, "The study is made", 3, "all", ())
    assert handler.stream.getvalue().split("\n")[-3:] == [
        "   0:00  0 of 2  Drawing",
        "   0:03  2 of 2  The study is made",
        "",
    ]


def test_jobs_are_counted_even_where_progress_is_not_to_be_shown(terminal):
    handler, _brief = terminal
    handler.filters[1] = DefaultFilter({Quietness.PROGRESS}, False, False, False, False)
    say(handler, event=LogEvent.PROGRESS, done=3, total=12)
    job(handler, "Drawing")
    assert handler.stream.getvalue() == "\n   0:00   3 of 12  Drawing\n"


def test_what_fails_is_said_as_snakemake_says_it_but_for_the_modules_of_the_library(terminal):
    handler, brief = terminal
    usual = ColorizingTextHandler(nocolor=True, stream=io.StringIO())
    usual.setFormatter(brief.usual)
    usual.formatter.begun = brief.begun
    about = {"rule_name": "draw_items", "msg": "x", "rule_msg": "Drawing", "jobid": 3, "input": ["a"], "output": ["b"]}
    about |= {"log": ["c"], "conda_env": None, "shellcmd": None, "aux": {}, "indent": False}
    for one in (handler, usual):
        record = logging.LogRecord("snakemake.logging", logging.ERROR, "", 0, None, (), None)
        record.__dict__.update(about, event=LogEvent.JOB_ERROR)
        if one is handler:
            record.input = ["a", "workflow/scripts/value_portrait/tables.py"]
        one.handle(record)
        assert len(record.input) == 1 + (one is handler), "the log file has them all"
        say(one, "Trying to restart job 3.", logging.WARNING)
    assert "Error in rule draw_items" in handler.stream.getvalue()
    assert handler.stream.getvalue() == usual.stream.getvalue()


def test_nothing_is_promised_where_nothing_is_known(terminal):
    _, brief = terminal
    assert brief.begin(1, 1, None) == "1 job on 1 core. Time, jobs done, what begins:"
    assert brief.begin(40, None, None) == "40 jobs. Time, jobs done, what begins:"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0:00"), (-1, "0:00"), (59.6, "1:00"), (3599.4, "59:59"), (3599.6, "1:00:00"), (86400, "24:00:00")],
)
def test_durations(seconds, said):
    assert duration(seconds) == said


def test_a_run_takes_as_long_as_its_longest_chain_or_all_cores_need():
    took = {"a": 5.0, "b": 1.0, "c": 4.0, "d": 2.0}
    before = {"c": ["a", "done before"], "d": ["b"]}
    assert expected_seconds(took, before, 1) == 12
    assert expected_seconds(took, before, 2) == 9
    assert expected_seconds({}, {}, 2) == 0


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=20), st.integers(1, 64), st.data())
def test_no_plan_could_be_faster(seconds, cores, data):
    took = dict(enumerate(seconds))
    before = {one: data.draw(st.lists(st.integers(0, one - 1), max_size=2)) for one in range(1, len(seconds))}
    free, ends = [0.0] * cores, {}
    for one in took:
        free.sort()
        ends[one] = max([free[0], *(ends[other] for other in before.get(one, []))]) + took[one]
        free[0] = ends[one]
    assert expected_seconds(took, before, cores) <= max(ends.values()) * (1 + 1e-9)
    assert expected_seconds(took, before, cores) >= max(seconds)


def test_a_run_ends_with_its_verdict_and_what_is_there(tmp_path):
    results = tmp_path / "results"
    (results / "publication/tables").mkdir(parents=True)
    (results / "publication/verdict.txt").write_text("3 numbers: 2 match.\nOne is open.\n")
    (results / "publication/summary.md").touch()
    assert what_it_came_to(results) == "\n".join(
        [
            "",
            "3 numbers: 2 match.",
            "One is open.",
            "",
            "Worth opening:",
            f"  {results}/publication/summary.md",
            f"  {results}/publication/tables",
        ]
    )
