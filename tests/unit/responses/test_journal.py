"""The journal of batches, entry by entry."""

from pathlib import Path

import orjson
import pytest
from value_portrait.responses.journal import Intent, journal_file, new_intent, note_closed, note_submitted, open_intents


def test_a_batch_is_open_until_it_is_closed(tmp_path: Path) -> None:
    answers = tmp_path / "baseline.jsonl"
    assert open_intents(answers) == []
    one, two, three = (
        new_intent(answers, keys, usd, usd + 1) for keys, usd in ((["k"], 0.5), (["x", "y"], 2), ([], 3))
    )
    assert one == Intent(one.id, 1.5, {f"{one.id}-0": "k"}, 0.5, None)
    assert two.keys == {f"{two.id}-0": "x", f"{two.id}-1": "y"}
    assert len({one.id, two.id, three.id}) == 3
    assert {len(intent.id) for intent in (one, two, three)} == {16}
    assert open_intents(answers) == [one, two, three]
    note_submitted(answers, two, "batch_7")
    assert two.batch == "batch_7"
    assert open_intents(answers) == [one, two, three]
    for closed, left in ((one, [two, three]), (one, [two, three]), (three, [two]), (two, [])):
        note_closed(answers, closed)
        assert open_intents(answers) == left
    assert journal_file(answers) == tmp_path / "baseline.batches"
    entries = [orjson.loads(line) for line in journal_file(answers).read_bytes().splitlines()]
    assert [entry["event"] for entry in entries] == ["intent"] * 3 + ["submitted"] + ["closed"] * 4


@pytest.mark.parametrize("torn", [b'{"event":"intent"', b'{"event":"closed","id":"x"}', b"\xff"])
def test_an_entry_that_a_crash_tore_off_counts_for_nothing_and_swallows_none(tmp_path: Path, torn: bytes) -> None:
    answers = tmp_path / "baseline.jsonl"
    one = new_intent(answers, ["k"], 0.5, 1.0)
    whole = journal_file(answers).read_bytes()
    journal_file(answers).write_bytes(whole + torn)
    assert open_intents(answers) == [one]
    two = new_intent(answers, ["l"], 0.25, 2.0)
    assert open_intents(answers) == [one, two]
    lines = journal_file(answers).read_bytes().splitlines(keepends=True)
    assert lines[0] == whole
    assert len(lines) == 2


def test_a_journal_that_is_torn_at_once_starts_again(tmp_path: Path) -> None:
    answers = tmp_path / "baseline.jsonl"
    journal_file(answers).write_bytes(b'{"ev')
    assert open_intents(answers) == []
    one = new_intent(answers, ["k"], 0.5, 1.0)
    assert open_intents(answers) == [one]
