"""What goes with an export: whose words it holds, and its description."""

import hashlib
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from instruments import VALUE_PORTRAIT
from targets import make_plan, make_target
from value_portrait.errors import InputError
from value_portrait.responses.engine import attempt_record
from value_portrait.responses.publishing import describe_export, refuse_quotes
from value_portrait.responses.replies import Reply, Verdict
from value_portrait.responses.store import store_file
from value_portrait.tables import export_schema

TARGET = make_target("http://127.0.0.1:1")
PLAN = make_plan(TARGET, 3, {"role": "system", "text": "You are a man who likes his tea black and his toast dry."})


def write_store(root: Path, **said: Any) -> None:
    path = store_file(root, TARGET.row.model, "age_old")
    path.parent.mkdir(exist_ok=True)
    verdicts = [Verdict("answered", answer="like me"), Verdict("answered", **{"answer": "like me"} | said)]
    records = [
        attempt_record(TARGET, "age_old", planned, Reply(200, {}, "{}", 0.5), verdict, 1)
        for planned, verdict in zip(PLAN, verdicts, strict=False)
    ]
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))


@pytest.mark.parametrize(
    "said",
    [
        {"reasoning": f"They ask: how similar is thought 1? {'x' * 300} So."},
        {"answer": f"How similar is thought 1? {'x' * 20}: like me"},
        {"reasoning": "I am a man who likes his tea black and his toast dry."},
    ],
)
def test_answers_that_quote_the_question_are_refused_and_counted(tmp_path: Path, said: dict[str, str]) -> None:
    write_store(tmp_path, **said)
    with pytest.raises(InputError) as caught:
        refuse_quotes({"age_old": PLAN}, TARGET, tmp_path, VALUE_PORTRAIT)
    assert "quotes the question in 1 answer(s) or reasonings, the first is item 1-1, age_old: '" in str(caught.value)
    assert str(caught.value).endswith("Where you may publish the study's texts, add --quotes.")


def test_answers_of_their_own_words_are_not(tmp_path: Path) -> None:
    # The third question has no answer, which the export itself says.
    write_store(tmp_path, reasoning=f"A thought, somewhat like mine. {', '.join(VALUE_PORTRAIT.options)}.")
    refuse_quotes({"age_old": PLAN}, TARGET, tmp_path, VALUE_PORTRAIT)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.jsonl", "application/jsonlines"), ("a.parquet", "application/x-parquet")]
)
@pytest.mark.parametrize("repeated", [True, False])
def test_the_description_has_every_column_of_the_file_and_its_hash(
    tmp_path: Path, name: str, kind: str, repeated: bool
) -> None:
    held = [column for column in export_schema(VALUE_PORTRAIT).columns if repeated or column != "repeat"]
    if name.endswith("jsonl"):
        (tmp_path / name).write_bytes(orjson.dumps(dict.fromkeys(held)) + b"\n")
    else:
        pq.write_table(pa.table({column: [None] for column in held}), tmp_path / name)
    written = (tmp_path / name).read_bytes()
    path = describe_export(tmp_path / name, "Test/model:1", None, VALUE_PORTRAIT)
    assert path == tmp_path / "a.croissant.json"
    content = orjson.loads(path.read_bytes())
    assert "license" not in content
    (file,) = content["distribution"]
    assert file["sha256"] == hashlib.sha256(written).hexdigest()
    assert (file["contentUrl"], file["contentSize"], file["encodingFormat"]) == (name, f"{len(written)} B", kind)
    fields = {field["name"]: field["dataType"] for field in content["recordSet"][0]["field"]}
    assert list(fields) == held
    assert (fields["raw_response"], fields["tokens_in"], fields["usd"]) == ("sc:Text", "sc:Integer", "sc:Float")
    licensed = describe_export(tmp_path / name, "m", "https://example.org/licence", VALUE_PORTRAIT)
    assert orjson.loads(licensed.read_bytes())["license"] == "https://example.org/licence"
