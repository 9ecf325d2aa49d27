"""A live model through the whole workflow, against the loopback server."""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pandas as pd
import psutil
import pyarrow as pa
import pytest
import yaml
from conftest import ROOT
from forked_snakemake import run_forked
from instruments import VALUE_PORTRAIT
from live_study import LIVE_ROW
from loopback import Loopback
from targets import KEY
from value_portrait.tables import read_table, write_table

MODEL = "lab/new model:1"
MODEL_FILE = "lab_new_model_1"
VERSIONS = ["v1", "v1_reversed", "v2"]
SIMULATION = {"setting": "easy", "groups": 2, "queries_per_group": 3, "responses_per_query": 4, "raters_per_group": 20}
ITEMS = 2 * 3 * 4
QUESTIONS = 2 * ITEMS
TABLE = f"results/responses/{MODEL_FILE}/baseline.parquet"
PROFILES = "results/scores/profiles.csv"


def prepare(checkout: Path) -> None:
    """One live model beside three of a small simulated study."""
    header, *rows = (ROOT / "config/demo_models.tsv").read_text().splitlines()
    live = dict.fromkeys(header.split("\t"), "") | LIVE_ROW
    live |= {"model": MODEL, "model_id": "test-model", "usd_in": "1", "usd_out": "2", "priced_on": "2026-11-01"}
    (checkout / "config/models.tsv").write_text("\n".join([header, *rows[:3], "\t".join(live.values())]) + "\n")
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config |= {"study": "simulated", "simulation": SIMULATION, "prompt_versions": VERSIONS[:2]}
    config["responses"]["max_usd"] = 10
    (checkout / "config.yaml").write_text(yaml.safe_dump(config))
    write_providers(checkout, "http://127.0.0.1:1")


def write_providers(checkout: Path, url: str) -> None:
    providers = yaml.safe_load((ROOT / "config/providers.yaml").read_text())
    own = {"key_env": "LOOPBACK_API_KEY", "free": False, "requests_per_minute": 600_000}
    known = providers["providers"]
    known["loopback"] = known["local"] | own | {"base_url": f"{url}/v1"}
    known["loopback_anthropic"] = known["anthropic"] | own | {"base_url": url}
    (checkout / "config/providers.yaml").write_text(yaml.safe_dump(providers))


@pytest.fixture
def checkout(finished: Callable[..., Path], tmp_path: Path, server: Loopback) -> Path:
    """A copy of the project whose study is simulated and whose items have their key; no model was asked yet."""
    keyed = finished("live", prepare, "--", "results/study/prompts.parquet", "results/items/item_key.csv")
    target = Path(shutil.copytree(keyed, tmp_path / "project"))
    write_providers(target, server.url)
    return target


def snakemake(
    checkout: Path, *arguments: str, key: str = KEY, fork_jobs: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run the workflow; no process of it may ever show the key among its arguments."""
    with ThreadPoolExecutor() as threads:
        environment = os.environ | {"LOOPBACK_API_KEY": key}
        done = threads.submit(run_forked, checkout, [*arguments, "--cores", "2"], environment, fork_jobs)
        while not wait([done], timeout=0.5).done:
            for one in psutil.Process().children(recursive=True):
                try:
                    assert key not in " ".join(one.cmdline())
                except psutil.Error:
                    continue
        return done.result()


def set_cell(checkout: Path, column: str, text: str) -> None:
    """Change the live model's row."""
    path = checkout / "config/models.tsv"
    header, *rows, live = path.read_text().splitlines()
    cells = dict(zip(header.split("\t"), live.split("\t"), strict=True)) | {column: text}
    path.write_text("\n".join([header, *rows, "\t".join(cells.values())]) + "\n")


def told(server: Loopback) -> Counter[str]:
    """How many requests came with which message of a condition, before or in the user's turn; then forget them."""
    messages: Counter[str] = Counter()
    for body in server.bodies:
        first = body["messages"][0]
        turn = first["content"] if first["role"] == "user" and first["content"].startswith("Your Profile") else ""
        system = body.get("system") or (first["content"] if first["role"] == "system" else "")
        messages[system or "\n\n".join(turn.split("\n\n")[:2])] += 1
    server.bodies.clear()
    return messages


def everything_written(checkout: Path) -> Iterator[bytes]:
    """The content of all files of the run: results, logs, store, and Snakemake's own."""
    for folder in ("results", ".snakemake", "data/responses"):
        for path in (checkout / folder).rglob("*"):
            if path.is_file():
                yield path.read_bytes()


def assert_a_wrong_key_costs_one_request_and_shows_nowhere(checkout: Path, server: Loopback) -> None:
    server.key = KEY
    wrong = "sk-WRONG-1a2b3c4d5e6f7a8b"
    done = snakemake(checkout, TABLE, key=wrong, fork_jobs=False)
    assert done.returncode != 0
    assert "cannot be asked (auth" in done.stdout
    assert "Traceback" not in done.stdout
    assert server.requests == 1
    pieces = [wrong[start : start + 8].encode() for start in range(len(wrong) - 7)]
    for content in [done.stdout.encode(), *everything_written(checkout)]:
        assert not any(piece in content for piece in pieces)


def assert_a_new_row_is_asked_and_scored(checkout: Path, server: Loopback) -> None:
    server.received.clear()
    figure = "results/publication/figures/value_profiles.svg"
    done = snakemake(checkout, "scores", figure, fork_jobs=False)
    assert done.returncode == 0, done.stdout
    # Every question once, and the preflight's.
    assert server.requests == len(server.received) == QUESTIONS + 1
    assert MODEL in (checkout / figure).read_text()
    assert f'"{MODEL}",' in (checkout / PROFILES).read_text()
    assert all(KEY.encode() not in content for content in [done.stdout.encode(), *everything_written(checkout)])


def assert_what_is_answered_is_never_asked_again(checkout: Path, server: Loopback, case: str) -> None:
    before = server.requests
    if case == "results deleted":
        shutil.rmtree(checkout / "results")
    elif case != "everything forced":
        for file in (
            "responses/query_model.py",
            "responses/preflight_model.py",
            "value_portrait/responses/parsing.py",
            "value_portrait/responses/engine.py",
        ):
            with (checkout / "workflow/scripts" / file).open("a") as script:
                script.write("\n# Edited.\n")
    forced = case == "everything forced"
    done = snakemake(checkout, *([TABLE, "--forceall"] if forced else [PROFILES]))
    assert done.returncode == 0, done.stdout
    assert f"Asking {MODEL_FILE} (baseline) what it has not answered yet" in done.stdout
    assert server.requests == before


def assert_another_prompt_version_is_asked_alone(checkout: Path, server: Loopback) -> None:
    before = server.requests
    config = yaml.safe_load((checkout / "config.yaml").read_text())
    config["prompt_versions"] = VERSIONS
    (checkout / "config.yaml").write_text(yaml.safe_dump(config))
    done = snakemake(checkout, "estimate_queries")
    assert re.search(rf"baseline +{3 * ITEMS} +{QUESTIONS} ", done.stdout), "what is wanted, and what is answered"
    assert server.requests == before
    assert snakemake(checkout, TABLE).returncode == 0
    assert server.requests == before + ITEMS


def assert_what_is_new_is_asked_alone(checkout: Path, server: Loopback) -> None:
    """Another template of one version, and one more query."""
    server.bodies.clear()
    path = checkout / "results/study/prompts.parquet"
    rows = read_table(path, "prompts", VALUE_PORTRAIT).to_pylist()
    for row in rows:
        row["text"] += "\nBe brief." if row["prompt_version"] == "v2" else ""
    write_table(pa.Table.from_pylist(rows), path, "prompts", VALUE_PORTRAIT)
    path = checkout / "results/study/items.parquet"
    rows = read_table(path, "items", VALUE_PORTRAIT).to_pylist()
    new = [
        row | {"query_id": "1999", "item_id": f"1999-{row['response_id']}", "text": "Synthetic query 1999."}
        for row in rows
        if row["query_id"] == rows[0]["query_id"]
    ]
    write_table(pa.Table.from_pylist([*rows, *new]), path, "items", VALUE_PORTRAIT)
    # The simulated models have no truth for it, so the live one alone.
    done = snakemake(checkout, TABLE)
    assert done.returncode == 0, done.stdout
    asked = [body["messages"][-1]["content"] for body in server.bodies]
    brief, of_query = (Counter(words in text for text in asked) for words in ("Be brief.", "query 1999"))
    assert brief == {True: ITEMS + len(new), False: 2 * len(new)}
    assert of_query == {True: 3 * len(new), False: ITEMS}


def test_a_live_model_from_its_row_to_its_scores(checkout: Path, server: Loopback) -> None:
    # One test, since each step begins where the one before it ended.
    assert_a_wrong_key_costs_one_request_and_shows_nowhere(checkout, server)
    assert_a_new_row_is_asked_and_scored(checkout, server)
    for case in ("results deleted", "everything forced", "a script and the parser edited"):
        assert_what_is_answered_is_never_asked_again(checkout, server, case)
    assert_another_prompt_version_is_asked_alone(checkout, server)
    assert_what_is_new_is_asked_alone(checkout, server)


MAN, WOMAN, LEFT = (f"Your Profile\n\n{words}." for words in ("You are a man", "You are a woman", "You vote left"))


def tell(checkout: Path, server: Loopback) -> Counter[str]:
    """Run up to the profiles, and give what the model was told."""
    done = snakemake(checkout, PROFILES)
    assert done.returncode == 0, done.stdout
    return told(server)


def scored_conditions(checkout: Path) -> set[str]:
    profiles = pd.read_csv(checkout / "results/scores/profiles.csv")
    return set(profiles.loc[profiles["model"] == MODEL, "condition"])


def assert_conditions_are_estimated_by_kind(checkout: Path, server: Loopback) -> None:
    lines = [line for line in snakemake(checkout, "estimate_queries").stdout.splitlines() if line.startswith(MODEL)]
    assert [re.split(r"  +", line)[1:3] for line in lines] == [
        ["baseline", str(QUESTIONS)],
        ["personas (2)", str(2 * QUESTIONS)],
        ["steering_power", str(QUESTIONS)],
    ]
    assert server.requests == 0


def assert_personas_are_told_and_scored(checkout: Path, server: Loopback) -> None:
    sent = tell(checkout, server)
    (power,) = (text for text in sent if "Power" in text)
    assert power.startswith("Your Values\n\nHold this value above all others: Power. You want influence")
    # Two preflights, one of them with a system message of its own.
    assert sorted(sent.values()) == [1, QUESTIONS, QUESTIONS, QUESTIONS, QUESTIONS + 1]
    assert sent[MAN] == sent[WOMAN] == sent[power] == QUESTIONS
    assert scored_conditions(checkout) == {"baseline", "gender_male", "gender_female", "steering_power"}
    table = read_table(checkout / "results/responses/lab_new_model_1/gender_male.parquet", "answers", VALUE_PORTRAIT)
    assert set(table["condition"].to_pylist()) == {"gender_male"}
    assert table.num_rows == QUESTIONS


def assert_a_framing_moves_the_words_into_the_turn(checkout: Path, server: Loopback) -> None:
    set_cell(checkout, "conditions", "baseline;gender;steering_power;gender_male@first_turn")
    done = snakemake(checkout, PROFILES)
    assert done.returncode == 0, done.stdout
    assert {len(body["messages"]) for body in server.bodies} == {1}
    assert not any("system" in body for body in server.bodies)
    assert told(server) == {MAN: QUESTIONS}
    assert "gender_male@first_turn" in scored_conditions(checkout)


def assert_a_new_persona_is_asked_alone(checkout: Path, server: Loopback) -> None:
    personas = checkout / "config/personas.tsv"
    personas.write_text(personas.read_text() + "gender_other\tgender\t\tOther\tYou vote left.\t\n")
    assert tell(checkout, server) == {LEFT: QUESTIONS}
    assert "gender_other" in scored_conditions(checkout)


def assert_another_statement_is_asked_alone(checkout: Path, server: Loopback) -> None:
    personas = checkout / "config/personas.tsv"
    personas.write_text(personas.read_text().replace("You vote left.", "You are a man at heart."))
    plan = snakemake(checkout, PROFILES, "-n").stdout
    jobs = dict(re.findall(r"^(query_model|preflight_model) +(\d+)$", plan, re.MULTILINE))
    assert jobs == {"query_model": "1"}
    assert tell(checkout, server) == {f"{MAN.removesuffix('.')} at heart.": QUESTIONS}


def assert_fewer_personas_ask_nothing_and_leave_no_rows(checkout: Path, server: Loopback) -> None:
    for names, number in (("baseline;steering_power", 2), ("baseline;gender;steering_power", 5)):
        set_cell(checkout, "conditions", names)
        assert tell(checkout, server) == {}
        assert len(scored_conditions(checkout)) == number


def test_a_model_under_personas(checkout: Path, server: Loopback) -> None:
    set_cell(checkout, "conditions", "baseline;gender;steering_power")
    assert_conditions_are_estimated_by_kind(checkout, server)
    assert_personas_are_told_and_scored(checkout, server)
    assert_a_framing_moves_the_words_into_the_turn(checkout, server)


def test_the_other_api_has_a_place_of_its_own_for_the_persona(checkout: Path, server: Loopback) -> None:
    set_cell(checkout, "provider", "loopback_anthropic")
    set_cell(checkout, "conditions", "baseline;gender_male;gender_male@first_turn")
    done = snakemake(checkout, "responses")
    assert done.returncode == 0, done.stdout
    assert {message["role"] for body in server.bodies for message in body["messages"]} == {"user"}
    assert Counter(body.get("system") for body in server.bodies)[MAN] == QUESTIONS
    assert told(server)[MAN] == 2 * QUESTIONS


def test_a_changed_set_of_personas(checkout: Path, server: Loopback) -> None:
    set_cell(checkout, "conditions", "baseline;gender;steering_power")
    tell(checkout, server)
    assert_a_new_persona_is_asked_alone(checkout, server)
    assert_another_statement_is_asked_alone(checkout, server)
    assert_fewer_personas_ask_nothing_and_leave_no_rows(checkout, server)


def test_an_export_is_a_recorded_model_of_the_workflow(checkout: Path, server: Loopback) -> None:
    set_cell(checkout, "conditions", "baseline;gender_male;gender_female@first_turn")
    assert snakemake(checkout, "responses").returncode == 0
    names = ("baseline", "gender_male", "gender_female@first_turn")
    tables = [checkout / f"results/responses/lab_new_model_1/{name}.parquet" for name in names]
    live = [read_table(table, "answers", VALUE_PORTRAIT) for table in tables]
    before = server.requests
    exported = checkout / "data/recorded/lab_new_model_1.parquet"
    tool = [sys.executable, str(ROOT / "tools/responses.py")]
    subprocess.run([*tool, "export", MODEL, "--to", str(exported)], cwd=checkout, check=True)
    for name in (*names, "gender_female"):
        command = [*tool, "explain", MODEL, "--condition", name]
        said = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
        if name in names:
            assert f"{name}.jsonl: {QUESTIONS} of {QUESTIONS} questions are answered" in said.stdout
        else:
            assert "is not asked under the condition 'gender_female'. It has: baseline, gender_male" in said.stderr
    # Somebody else has no store, no key and no provider of that name.
    shutil.rmtree(checkout / "data/responses")
    shutil.rmtree(checkout / "results")
    shutil.copy(ROOT / "config/providers.yaml", checkout / "config/providers.yaml")
    set_cell(checkout, "answers", "recorded")
    done = snakemake(checkout, "responses", "results/robustness/groups.csv")
    assert done.returncode == 0, done.stdout
    assert [read_table(table, "answers", VALUE_PORTRAIT) for table in tables] == live
    assert server.requests == before
    set_cell(checkout, "conditions", "baseline;gender_female")
    done = snakemake(checkout, "responses")
    assert done.returncode != 0
    assert "has no answers under the condition 'gender_female', only under baseline, gender_female@" in done.stdout
    assert "Traceback" not in done.stdout
