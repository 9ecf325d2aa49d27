import errno
import logging
import os
import warnings

import pytest
from value_portrait.errors import InputError, one_line, shown
from value_portrait.job import job


@pytest.fixture
def log(tmp_path):
    return tmp_path / "job.log"


def run(log, error=None, say=None):
    """The exit code of a job; what the test runner logs with stays out of it."""
    root = logging.getLogger()
    handlers, level, root.handlers = root.handlers, root.level, []
    try:
        with job(str(log)):
            if say:
                say()
            if error:
                raise error
    except SystemExit as end:
        return end.code
    finally:
        root.handlers = handlers
        root.setLevel(level)
        logging.captureWarnings(False)
    return 0


def test_an_error_of_the_input_is_one_printable_line(log):
    assert run(log, InputError("x\x1b[2J.csv, row 1", "says \u202e'a\nb'.", "Mend it.")) == 1
    assert log.read_text() == "ERROR: x\\x1b[2J.csv, row 1: says \\u202e'a\\nb'. Mend it.\n"


@pytest.mark.parametrize(
    ("number", "file", "said"),
    [
        (
            errno.ENOSPC,
            "a\nb",
            "a\\nb: cannot be written (No space left on device). Make room on its disk, and run again: what",
        ),
        (
            errno.EROFS,
            "a.csv",
            "a.csv: cannot be written (Read-only file system). Make its disk writable, and run again: what",
        ),
        (
            errno.EDQUOT,
            None,
            "{log}: cannot be written (Disk quota exceeded). Make room in your quota, and run again: what",
        ),
        (errno.EIO, "a", "[Errno 5] Input/output error: 'a'"),
    ],
)
def test_an_error_of_the_disk_is_one_line(log, number, file, said):
    assert run(log, OSError(number, os.strerror(number), file)) == 1
    (line,) = log.read_text().splitlines()
    assert line.startswith(f"ERROR: {said.format(log=log)}")


def test_what_a_full_disk_keeps_from_the_log_is_said_aloud(capsys):
    assert run("/dev/full", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a.csv")) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("ERROR: a.csv: cannot be written (No space left on device). Make room")


def test_a_fault_has_its_traceback_without_what_a_terminal_obeys(log):
    assert run(log, KeyError("\x1b[2J")) == 1
    said = log.read_text()
    assert said.startswith("ERROR: This is a fault of the pipeline.\nTraceback")
    assert all(letter.isprintable() or letter == "\n" for letter in said)
    raised = ValueError("first \x1b[31m line")
    assert run(log, raised) == 1
    assert "\x1b" not in log.read_text()


def test_what_models_say_is_logged_as_letters(log):
    def say():
        logging.warning("said %s", "\x1b]0;title\x07")
        warnings.warn("\x9b2J", stacklevel=1)

    assert run(log, say=say) == 0
    assert "WARNING: said \\x1b]0;title\\x07\n" in log.read_text()
    assert all(letter.isprintable() or letter == "\n" for letter in log.read_text())


def test_a_complaint_is_bounded_and_keeps_its_remedy():
    error = InputError("f" * 9000, "p" * 9000, "Mend it.")
    assert len(str(error)) < 2000
    assert str(error).endswith("… Mend it.")
    assert one_line("ä\u200d\ud800") == "ä\\u200d\\ud800"
    assert len(shown("x" * 9000)) < 100
    assert len(shown([[["x" * 9000] * 99] * 99] * 99)) < 3000
