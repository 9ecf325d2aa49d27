"""Ratings and words as the page carries them: the right ones, as they were, and never more than it can hold."""

import numpy as np
import pandas as pd
import pytest
from instruments import SMALL
from unpacking import unpack
from value_portrait.files import slug
from value_portrait.publication.page import part_answers
from value_portrait.publication.page.packing import pack
from value_portrait.publication.page.part_answers import answer_parts
from value_portrait.scores.reading import count_answers, numbered, rate_answers
from value_portrait.tables import conform, read_table, schemas, write_table, written_in_parts

ODD = 'fir/1:"free"'
KEY = ["model", "condition", "prompt_version", "item_id"]
REFUSAL = "I'm sorry, but I cannot rate this.</script>"


def said(model, condition, texts, **columns):
    """A table of answers to three items in two versions, in the order of ``texts``."""
    table = pd.DataFrame({"prompt_version": ["a"] * 3 + ["b"] * 3, "item_id": ["7-1", "7-2", "9-1"] * 2})
    table = table.assign(model=model, condition=condition, raw_response=pd.Series(texts, dtype="object"))
    table["outcome"] = ["answered" if text else "error" for text in texts]
    table["error"] = [None if text else "Server said: no\u202e" for text in texts]
    return table.assign(finish_reason=None, reasoning_length=None, **columns)


PLAIN = ["never", "always", "often", "often", "rarely", "never"]
MIXED = ["Often, I would say.", "always", REFUSAL, None, "7 apples", "b" * 5000]
TABLES = [
    said("ash", "warm", PLAIN),
    said("ash", "baseline", MIXED),
    said(ODD, "baseline", ["Always! Yes.", *PLAIN[1:]]),
    said(ODD, "cold", PLAIN[::-1]),
]


@pytest.fixture
def carried(tmp_path):
    """A function that writes tables of answers, reads them as the workflow does, and gives what the page carries."""

    def carry(tables, texts="all"):
        paths = []
        for table in tables:
            path = tmp_path / slug(table["model"][0]) / f"{table['condition'][0]}.parquet"
            path.parent.mkdir(exist_ok=True)
            write_table(table, path, "answers", SMALL)
            paths.append(str(path))
        answers = [read_table(path, "answers", SMALL) for path in paths]
        repeated = any("repeat" in table for table in tables)
        rated = rate_answers(map(numbered, answers) if repeated else answers, "published", SMALL)
        with written_in_parts(tmp_path / "ratings.parquet", "ratings", SMALL) as write:
            write(rated)
        counts = conform(count_answers(rated), schemas(SMALL)["answer_counts"], "counts").to_pandas()
        parts = answer_parts(counts, str(tmp_path / "ratings.parquet"), paths, texts, SMALL)
        ratings = read_table(tmp_path / "ratings.parquet", "ratings", SMALL).to_pandas()
        return ratings, {name: unpack(pack(tables)) for name, tables in parts.items()}

    return carry


def keyed(table, column, key=KEY):
    return {
        tuple(row[key]): None if pd.isna(row[column]) else row[column] for _, row in table.astype("object").iterrows()
    }


def test_every_rating_is_there_by_its_key(carried):
    ratings, parts = carried(TABLES)
    read = parts["answers"]["ratings"]
    assert len(read) == 24
    for column in ("rating", "answer_class"):
        assert keyed(read, column) == keyed(ratings, column)
    assert read["condition"].drop_duplicates().tolist() == ["baseline", "warm", "cold"]
    subjects = parts["answers"]["subjects"]
    assert subjects["shown"].all()
    assert subjects[["model", "condition", "answers"]].values.tolist() == [
        ["ash", "baseline", 6], [ODD, "baseline", 6], ["ash", "warm", 6], [ODD, "cold", 6]
    ]  # fmt: skip


def test_words_are_those_that_were_said(carried):
    _, parts = carried(TABLES)
    words = parts["words"]["words"].set_index(KEY)
    mine = words.loc[("ash", "baseline")]
    assert mine.loc[("a", "7-1"), ["words", "outcome"]].tolist() == ["Often, I would say.", "answered"]
    assert mine.loc[("a", "9-1"), "words"] == REFUSAL
    assert mine.loc[("b", "7-1"), ["words", "is_error", "outcome"]].tolist() == ["Server said: no\u202e", True, "error"]
    assert mine.loc[("b", "9-1"), ["words", "length"]].tolist() == ["b" * part_answers.LONGEST, 5000]
    assert mine.loc[("a", "7-1"), ["published_rating", "strict_rating", "length"]].tolist() == [3, 3, None]
    assert mine.loc[("b", "7-2"), ["published_rating", "strict_rating"]].tolist() == [None, None]
    assert words.loc[(ODD, "baseline", "a", "7-1"), ["words", "is_error"]].tolist() == ["Always! Yes.", False]
    assert len(words) == 6
    assert keyed(parts["words"]["kinds"], "shown", ["answer_class"]) == {
        ("decorated",): 2, ("refusal",): 1, ("empty",): 1, ("off_scale",): 2
    }  # fmt: skip


def test_the_baseline_comes_first_where_there_is_no_room_for_all(carried, monkeypatch):
    monkeypatch.setattr(part_answers, "MOST_RATINGS", 20)
    _, parts = carried(TABLES)
    subjects = parts["answers"]["subjects"]
    assert subjects["shown"].tolist() == [True, True, True, False]
    read = parts["answers"]["ratings"]
    assert set(zip(read["model"], read["condition"], strict=True)) == {
        ("ash", "baseline"),
        (ODD, "baseline"),
        ("ash", "warm"),
    }


def test_of_too_many_answers_the_rarest_kinds_stay_and_the_first_of_each_model(carried, monkeypatch):
    decorated = ["Often, I would say.", "Never, ever.", "Always, yes.", "Rarely, no.", REFUSAL, "never"]
    tables = [said("ash", "baseline", decorated), said("birch", "baseline", decorated[:4] + PLAIN[:2])]
    monkeypatch.setattr(part_answers, "MOST_WORDS", 4)
    _, parts = carried(tables)
    words = parts["words"]["words"]
    assert words[["model", "words"]].values.tolist() == [
        ["ash", decorated[0]], ["ash", decorated[1]], ["ash", REFUSAL], ["birch", decorated[0]]
    ]  # fmt: skip
    monkeypatch.setattr(part_answers, "MOST_CHARACTERS", len(REFUSAL) + 5)
    _, parts = carried(tables)
    assert parts["words"]["words"]["words"].tolist() == [REFUSAL]
    kinds = keyed(parts["words"]["kinds"], "shown", ["answer_class"])
    assert kinds == {("decorated",): 0, ("refusal",): 1}
    assert keyed(parts["words"]["kinds"], "answers", ["answer_class"])[("decorated",)] == 8


def test_without_texts_no_word_is_there(carried):
    _, parts = carried(TABLES, "none")
    words = parts["words"]["words"]
    assert len(words) == 6
    assert words["words"].isna().all()
    held = " ".join(
        str(value) for tables in parts.values() for table in tables.values() for value in table.values.ravel()
    )
    assert not any(text in held for text in ("I would say", "sorry", "apples", "bbb", "Server said", "Yes"))
    assert words["strict_rating"].notna().sum() == 2


def test_a_repeat_has_its_own_words(carried):
    often = said("ash", "baseline", ["Often, I would say.", *PLAIN[1:]], repeat=np.int8(0))
    never = said("ash", "baseline", ["Never, ever.", *PLAIN[1:]], repeat=np.int8(1))
    once = said("birch", "baseline", ["Rarely, no.", *PLAIN[1:]])
    _, parts = carried([pd.concat([often, never], ignore_index=True), once])
    assert parts["words"]["words"][["model", "repeat", "words", "strict_rating"]].values.tolist() == [
        ["ash", 0, "Often, I would say.", 3], ["ash", 1, "Never, ever.", 0], ["birch", 0, "Rarely, no.", 1]
    ]  # fmt: skip
    assert len(parts["answers"]["ratings"]) == 18


def test_a_plain_answer_that_does_not_count_has_its_outcome_and_its_words(carried):
    tables = [said("ash", "warm", PLAIN), said("ash", "baseline", PLAIN), said(ODD, "baseline", MIXED)]
    tables[1].loc[[1, 4], "outcome"] = ["truncated", "content_filter"]
    # What is no option is called by its class, whatever the outcome.
    tables[2].loc[2, "outcome"] = "refusal"
    ratings, parts = carried(tables)
    read = keyed(parts["answers"]["ratings"], "answer_class")
    named = {("ash", "baseline", "a", "7-2"): "truncated", ("ash", "baseline", "b", "7-2"): "content_filter"}
    assert read == keyed(ratings, "answer_class") | named
    words = parts["words"]["words"].set_index(KEY).loc[("ash", "baseline")]
    assert words[["words", "outcome"]].values.tolist() == [["always", "truncated"], ["rarely", "content_filter"]]
    assert keyed(parts["words"]["kinds"], "shown", ["answer_class"]) == {
        ("decorated",): 1, ("refusal",): 1, ("empty",): 1, ("off_scale",): 2, ("truncated",): 1, ("content_filter",): 1
    }  # fmt: skip


def test_plain_answers_need_no_words(carried):
    _, parts = carried([said("ash", "baseline", PLAIN)])
    assert parts["words"]["words"].empty
    assert parts["words"]["kinds"].empty
