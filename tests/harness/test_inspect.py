"""The study's questions asked by Inspect: from the task to its log, to a row of models.tsv, to a figure."""

import json
import os
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest
from asked_elsewhere import (
    MODEL,
    QUESTIONS,
    SameWords,
    ask_by_engine,
    put_answers,
    scores,
    write_questions,
)
from conftest import ROOT, copy_checkout
from instruments import VALUE_PORTRAIT
from live_study import LIVE_VERSIONS
from targets import KEY
from value_portrait.errors import InputError
from value_portrait.responses.planning import read_questions
from value_portrait.responses.questions import prompt_hash
from value_portrait.responses.recorded import read_recorded

INSPECT = ROOT / ".venv-inspect/bin"
CONDITIONS = "baseline;gender_male"
STOPS = {"stop": "stop", "length": "max_tokens", "content_filter": "content_filter"}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory):
    """A checkout whose model was asked by the engine, the server, and the scores."""
    checkout = copy_checkout(tmp_path_factory.mktemp("inspect") / "checkout")
    with pytest.MonkeyPatch.context() as patch, SameWords() as server:
        patch.setenv("LOOPBACK_API_KEY", KEY)
        live = ask_by_engine(checkout, server, CONDITIONS)
        write_questions(checkout, CONDITIONS)
        yield checkout, server, live


def questions_of(checkout: Path, condition: str) -> Path:
    return checkout / f"results/live/questions/{condition}.jsonl"


def job(server: SameWords, questions: Path, logs: Path, **arguments: object) -> dict:
    """What the mock model is to be asked, and what it says."""
    answers = {}
    for line in questions.read_text().splitlines():
        messages = json.loads(line)["messages"]
        choice = server.choice(messages)
        answers[messages[-1]["content"]] = (choice["message"]["content"] or "", STOPS[choice["finish_reason"]])
    return {"file": str(questions), "answers": answers, "logs": str(logs), **arguments}


def mock(jobs: list[dict], folder: Path) -> None:
    (folder / "jobs.json").write_text(json.dumps(jobs))
    command = [INSPECT / "python", ROOT / "tests/harness/mock_answers.py", folder / "jobs.json"]
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"INSPECT_LOG_LEVEL": "error"})


def convert(checkout: Path, *logs: Path) -> str:
    """Put the answers of logs into the checkout; what is said of a fault, else nothing."""
    put_answers(checkout, "nothing.txt", "")
    command = [INSPECT / "python", ROOT / "integrations/inspect_answers.py", *logs]
    target = checkout / f"data/recorded/{MODEL}.jsonl"
    done = subprocess.run([*command, "--to", target], capture_output=True, text=True, check=False)
    assert target.exists() is (done.returncode == 0), done.stderr
    assert len(done.stderr.splitlines()) == (done.returncode != 0), done.stderr
    return done.stderr


def test_a_mock_model_gives_the_scores_of_the_engine(asked, tmp_path: Path) -> None:
    checkout, server, live = asked
    kinds = {"baseline": "eval", "gender_male": "json"}
    jobs = [job(server, questions_of(checkout, name), tmp_path / name, log_format=kinds[name]) for name in kinds]
    mock(jobs, tmp_path)
    logs = [next((tmp_path / name).glob(f"*.{kind}")) for name, kind in kinds.items()]
    assert convert(checkout, *logs) == ""
    assert scores(checkout) == live


def test_a_server_asked_by_inspect_gives_the_scores_of_the_engine(asked, tmp_path: Path) -> None:
    checkout, server, live = asked
    before, logs = server.requests, []
    environment = os.environ | {"LOOPBACK_BASE_URL": f"{server.url}/v1", "LOOPBACK_API_KEY": "none"}
    for condition in CONDITIONS.split(";"):
        command = [
            INSPECT / "inspect",
            "eval",
            "integrations/inspect_task.py",
            "--model",
            f"openai-api/loopback/{MODEL}",
        ]
        command += ["-T", f"file={questions_of(checkout, condition)}", "--log-dir", tmp_path / condition]
        subprocess.run([*command, "--display", "none"], cwd=ROOT, check=True, env=environment)
        logs += (tmp_path / condition).glob("*.eval")
    assert server.requests == before + 2 * QUESTIONS
    # The paper's parameters.
    assert {(body["max_tokens"], body["temperature"], body["seed"]) for body in server.bodies[-QUESTIONS:]} == {
        (64, 0, 42)
    }
    assert convert(checkout, *logs) == ""
    assert scores(checkout) == live


def test_every_fault_of_a_log_is_one_line(asked, tmp_path: Path) -> None:
    checkout, server, _ = asked
    right = questions_of(checkout, "baseline")
    other = tmp_path / "other.jsonl"
    lines = right.read_text().splitlines()
    other.write_text("\n".join([lines[0].replace("Pick one line", "Take one line"), *lines[1:]]))
    assert other.read_text() != right.read_text()
    foreign = tmp_path / "foreign.jsonl"
    foreign.write_text("\n".join(line.replace('"baseline"', "null") for line in lines[:3]))
    jobs = {
        "whole": {},
        "twice": {"epochs": 2},
        "few": {"limit": 5},
        "other": {"file": str(other)},
        "foreign": {"file": str(foreign)},
        "system": {"system_message": "Be kind."},
        "failed": {"fail_on_error": False},
        "ended": {},
    }
    asked_jobs = [
        job(server, other if name == "other" else right, tmp_path / name) | more for name, more in jobs.items()
    ]
    for name, one in zip(jobs, asked_jobs, strict=True):
        if name in ("failed", "ended"):
            one["answers"].popitem()
    mock(asked_jobs, tmp_path)
    logs = {name: next((tmp_path / name).glob("*.eval")) for name in jobs}
    cut = tmp_path / "cut.eval"
    cut.write_bytes(logs["whole"].read_bytes()[: logs["whole"].stat().st_size // 2])
    for log, words in ((cut, "cut.eval: is no whole log"), (tmp_path / "none.eval", "none.eval: is no whole log")):
        assert words in convert(checkout, log)
    for name, words in {
        "foreign": "does not say of which question it is",
        "failed": "has no answer",
        "ended": "the run ended with 'error'",
    }.items():
        assert words in convert(checkout, logs[name])
    for name, words in {
        "few": r"lacks answers to 7 item\(s\) under v1",
        "other": "row 1: the prompt_sha256",
        "system": f"has {QUESTIONS} faults",
    }.items():
        assert convert(checkout, logs[name]) == ""
        with pytest.raises(InputError, match=rf"{MODEL}\.jsonl.*{words}"):
            import_answers(checkout)
    assert convert(checkout, logs["whole"]) == ""
    assert import_answers(checkout).num_rows == QUESTIONS
    # Epochs are repeats; the same log given twice is not.
    assert convert(checkout, logs["twice"]) == ""
    assert import_answers(checkout)["repeat"].to_pylist() == [0] * QUESTIONS + [1] * QUESTIONS
    assert convert(checkout, logs["whole"], logs["whole"]) == ""
    with pytest.raises(InputError, match=rf"{MODEL}\.jsonl.*has {QUESTIONS} faults"):
        import_answers(checkout)


def import_answers(checkout: Path) -> pa.Table:
    """The answers at baseline, imported as the workflow does."""
    study = checkout / "results/live/study"
    questions = read_questions(study / "items.parquet", study / "prompts.parquet", LIVE_VERSIONS, VALUE_PORTRAIT)
    hashes = {place: prompt_hash(turn) for place, turn in questions.turns(None).items()}
    path = checkout / f"data/recorded/{MODEL}.jsonl"
    return read_recorded(path, hashes, None, MODEL, "baseline", VALUE_PORTRAIT)
