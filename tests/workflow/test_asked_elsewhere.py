"""Questions written down, asked by somebody else, and imported: the same scores as through the engine."""

import csv
import json
from pathlib import Path

from asked_elsewhere import MODEL, TARGETS, SameWords, ask_by_engine, put_answers, run, scores, write_questions

CONDITIONS = "baseline;gender_male"


def test_the_same_answers_give_the_same_scores_to_the_last_bit(checkout: Path) -> None:
    with SameWords() as server:
        live = ask_by_engine(checkout, server, CONDITIONS)
        folder = write_questions(checkout, CONDITIONS)
        questions, replies = [], []
        for condition in CONDITIONS.split(";"):
            questions += [json.loads(line) for line in (folder / f"{condition}.jsonl").read_text().splitlines()]
            for line in (folder / f"{condition}.batch.jsonl").read_text().splitlines():
                asked = json.loads(line)
                # To the last byte what the engine sent.
                assert asked["body"] in server.bodies
                body = {"choices": [server.choice(asked["body"]["messages"])]}
                replies.append({"custom_id": asked["custom_id"], "response": {"status_code": 200, "body": body}})
        # As a batch is given back: in any order.
        put_answers(checkout, f"{MODEL}.jsonl", "\n".join(map(json.dumps, reversed(replies))))
        assert scores(checkout) == live
        plain = [row | answer(server, row.pop("messages")) for row in questions]
    put_answers(checkout, f"{MODEL}.jsonl", "".join(json.dumps(row) + "\n" for row in plain))
    assert scores(checkout) == live
    refuses_each_fault(checkout, plain)


def answer(server: SameWords, messages: list[dict[str, str]]) -> dict[str, str]:
    """The cells of an answer."""
    choice = server.choice(messages)
    return {"raw_response": choice["message"]["content"] or "", "finish_reason": choice["finish_reason"]}


def refuses_each_fault(checkout: Path, rows: list[dict]) -> None:
    """Every fault of a CSV file is one line, which names its row."""
    plain = [row for row in rows if "\0" not in row["raw_response"] and row["condition"] == "baseline"]
    other = plain[2] | {"prompt_sha256": "0" * 64}
    wrong = [*plain[:2], other, *plain[3:], plain[0], plain[1] | {"item_id": "none"}]
    put_answers(checkout, f"{MODEL}.csv", "")
    with (checkout / f"data/recorded/{MODEL}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(plain[0]))
        writer.writeheader()
        writer.writerows(wrong)
    said = run(checkout, TARGETS[0].replace("scores/ratings", f"responses/{MODEL}/baseline"))
    last = len(plain) + 1
    for row, words in (
        (4, "the prompt_sha256"),
        (last + 1, f"answers {plain[0]['item_id']} under v1 a second time"),
        (last + 2, "answers 'none', which is no item"),
    ):
        assert said.count(f"{MODEL}.csv, row {row}: {words}") == 1, said
    assert said.count(f"{MODEL}.csv: has 3 faults. Correct them, and run again.") == 1
