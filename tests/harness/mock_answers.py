"""Runs the task in Inspect with its own mock model; python mock_answers.py JOBS.json, in the project's folder.

Each job: ``file`` of questions, ``answers`` by the last message as ``[text, stop_reason]``, ``logs`` (a folder), and
optional arguments of ``eval``.
"""

import json
import sys
from pathlib import Path

from inspect_ai import eval as evaluate
from inspect_ai.model import ModelOutput, ModelUsage, get_model


def run(job: dict) -> None:
    answers = job.pop("answers")

    def answer(messages, *_):
        text, stop = answers[messages[-1].text]
        output = ModelOutput.from_content("mockllm", text, stop_reason=stop)
        # Without it tokens would be counted, with a file from the network.
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    model = get_model("mockllm/model", custom_outputs=answer, memoize=False)
    arguments = {"task_args": {"file": job.pop("file")}, "log_dir": job.pop("logs"), "display": "none", **job}
    evaluate("integrations/inspect_task.py", model=model, **arguments)


for one in json.loads(Path(sys.argv[1]).read_text()):
    run(one)
