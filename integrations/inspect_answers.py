"""Turns logs of Inspect into a file of answers: inspect_answers.py LOG... --to data/recorded/NAME.jsonl.

What was asked is hashed anew, from the messages that were sent by the log, so that the import can tell whether it is
the study's question.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample, read_eval_log


def answer_lines(path: str) -> Iterator[dict[str, str | None]]:
    """The answers of a log, in the columns that the import knows.

    Raises
    ------
    ValueError : what is wrong with the log, with its sample.
    """
    try:
        log = read_eval_log(path, resolve_attachments="full")
    # Whatever its reader trips over: the log is cut off, no log, or not there.
    except Exception as problem:
        raise ValueError(
            f"{path}: is no whole log ({type(problem).__name__}). Take one that Inspect finished."
        ) from None
    if log.status != "success":
        raise ValueError(f"{path}: the run ended with '{log.status}'. Finish it with 'inspect eval-retry {path}'.")
    for sample in log.samples or []:
        yield answer_of(sample, f"{path}, sample {sample.id}, epoch {sample.epoch}")


def answer_of(sample: EvalSample, where: str) -> dict[str, str | None]:
    """The answer of a sample: its place by the metadata, and the hashes of what it was really asked."""
    if sample.error or not sample.output.choices:
        raise ValueError(f"{where}: has no answer. Ask it again with 'inspect eval-retry'.")
    about = {name: sample.metadata.get(name) for name in ("item_id", "prompt_version", "condition")}
    if not all(isinstance(value, str) for value in about.values()):
        raise ValueError(f"{where}: does not say of which question it is. Use integrations/inspect_task.py.")
    # What a model was sent, which a run's own settings may have added to.
    calls = [event for event in sample.events if isinstance(event, ModelEvent) and not event.error]
    if len(calls) != 1:
        raise ValueError(f"{where}: holds {len(calls)} questions and answers in the place of one.")
    asked = [(message.role, message.text) for message in calls[0].input]
    system = asked.pop(0)[1] if asked[:1] and asked[0][0] == "system" else None
    if [role for role, _ in asked] != ["user"]:
        raise ValueError(f"{where}: was asked in {len(calls[0].input)} messages, not in a system message and a turn.")
    return about | {
        "repeat": str(sample.epoch - 1),
        "raw_response": sample.output.completion,
        "prompt_sha256": hashlib.sha256(asked[0][1].encode()).hexdigest(),
        "system_sha256": None if system is None else hashlib.sha256(system.encode()).hexdigest(),
        "finish_reason": sample.output.stop_reason,
    }


def main() -> None:
    """Write the answers of all logs, or of none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logs", nargs="+", help=".eval or .json, one for each condition")
    parser.add_argument("--to", required=True, help="the file of answers, named as the model: data/recorded/NAME.jsonl")
    arguments = parser.parse_args()
    try:
        answers = [answer for log in arguments.logs for answer in answer_lines(log)]
        target = Path(arguments.to)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("".join(json.dumps(answer) + "\n" for answer in answers), encoding="utf-8")
    except (ValueError, OSError) as problem:
        sys.exit(" ".join(str(problem).split()))
    print(f"{target}: {len(answers)} answers.")


if __name__ == "__main__":
    main()
