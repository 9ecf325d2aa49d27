"""The config and its files with one thing changed: what it may be, or one line that says what is wrong with it."""

import copy
import csv
import math
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import yaml
import yarl
from hypothesis import given, settings
from hypothesis import strategies as st
from instruments import VALUE_PORTRAIT
from near_misses import STRANGE, complaint, near_misses
from value_portrait.checking import check, read_config, read_rows
from value_portrait.config_tables import Claim, Model, Persona, read_models
from value_portrait.configuration import OWN_FOLDERS, STAGES, check_config, check_folder, check_places
from value_portrait.instrument_file import InstrumentFile
from value_portrait.paper.reference import check_printed
from value_portrait.responses.conditions import read_personas
from value_portrait.responses.providers import read_providers

ROOT = Path(__file__).resolve().parents[2]
CONFIG = read_config(ROOT / "config.yaml")
PROVIDERS = read_config(ROOT / "config/providers.yaml")
INSTRUMENT = read_config(ROOT / "config/instruments/value_portrait.yaml")
few = settings(max_examples=40, deadline=None)


def walk(value: Any):
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(inner)


@given(near_misses(CONFIG))
@few
def test_one_change_in_the_config(config):
    said = complaint(check_config, config, "config.yaml")
    assert said is None or said.startswith("config.yaml")
    if said is None:
        for value in walk(check_config(config, "config.yaml").model_dump()):
            assert not isinstance(value, float) or math.isfinite(value)
            assert not isinstance(value, str) or "\x1b" not in value


@given(near_misses(INSTRUMENT))
@few
def test_one_change_in_the_instrument(content):
    said = complaint(check, InstrumentFile, content, "mine.yaml")
    assert said is None or said.startswith("mine.yaml")


@given(near_misses(PROVIDERS))
@few
def test_one_change_in_the_providers(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "providers.yaml"
    path.write_text(yaml.safe_dump(content))
    said = complaint(read_providers, path)
    assert said is None or str(path) in said
    if said is None:
        providers, parameters = read_providers(path)
        assert all(math.isfinite(one.timeout_s) for one in providers.values())
        assert all(one.max_tokens >= 1 for one in parameters.values())


@pytest.mark.parametrize(("file", "kind"), {"models": Model, "personas": Persona, "claims": Claim}.items())
@given(data=st.data())
@few
def test_one_cell_changed_in_a_table(tmp_path_factory, file, kind, data):
    with (ROOT / f"config/{file}.tsv").open(newline="") as table:
        rows = list(csv.reader(table, delimiter="\t"))[:4]
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, len(rows[0]) - 1))
    rows[row][column] = str(data.draw(st.sampled_from([*STRANGE, "nan", "1_0", "x\n", "2025-02-30"])))
    path = tmp_path_factory.getbasetemp() / f"{file}.tsv"
    with path.open("w", newline="") as table:
        csv.writer(table, delimiter="\t").writerows(rows)
    said = complaint(read_rows, path, file, kind)
    assert said is None or said.startswith((f"{path}, row ", f"{path}, line "))
    if said is None:
        for _, read in read_rows(path, file, kind):
            texts = [value for value in walk(read.model_dump()) if isinstance(value, str)]
            assert all("\x1b" not in text and "\0" not in text and "\u202e" not in text for text in texts)


def changed(key: str, value: Any) -> dict[str, Any]:
    config = copy.deepcopy(CONFIG)
    place = config
    *path, last = key.split(".")
    for name in path:
        place = place[name]
    place[last] = value
    return config


@pytest.mark.parametrize(
    "folder", ["..", ".", "", "/tmp/x", "a/../data", "./a", "a/", "a//b", "~", "~/a", "-a", ".git"]
)
def test_results_stay_below(folder):
    assert complaint(check_config, changed("results_dir", folder), "config.yaml")


@pytest.mark.parametrize("name", OWN_FOLDERS)
def test_results_stay_out_of_what_a_checkout_holds(name):
    for folder in (name, f"{name}/raw", name.upper()):
        said = complaint(check_config, changed("results_dir", folder), "config.yaml")
        assert "is in a folder of the checkout" in (said or "")
    assert (ROOT / name).is_dir()


@pytest.mark.parametrize(
    "folder", ["a{b}", "<a>", "a\0", "a\n", "a\x1b[2J", "x" * 300, "a*", "a?", "$HOME", "a;b", "a'b"]
)
@pytest.mark.parametrize("key", ["results_dir", "models", "responses.store", "people.folder", "instrument"])
def test_a_path_is_a_path(key, folder):
    said = complaint(check_config, changed(key, folder), "config.yaml")
    assert key in (said or "")


def test_results_and_what_no_run_makes_lie_apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = {"responses.store": "answers", "study_folder": "mine", "prompts": "wordings", "people.folder": "ess"}
    for key, folder in own.items():
        for results in (folder, f"{folder}/a"):
            config = check_config(changed(key, folder) | {"results_dir": results}, "config.yaml")
            assert f"and {key} ({folder}) lie in one another" in (complaint(check_places, config) or "")
        config = check_config(changed(key, f"r/{folder}") | {"results_dir": "r"}, "config.yaml")
        assert complaint(check_places, config)
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / "elsewhere").symlink_to("data")
    config = check_config(changed("results_dir", "elsewhere/raw"), "config.yaml")
    assert "data (data) lie in one another" in (complaint(check_places, config) or "")


@pytest.mark.parametrize("stage", STAGES)
def test_no_study_has_its_results_where_anothers_are_tidied_up(stage):
    for folder in (f"results/{stage}", f"results/{stage}/mine"):
        config = check_config(changed("results_dir", folder), "config.yaml")
        assert f"lies where the results above it keep their {stage}" in (complaint(check_places, config) or "")
    for folder in (stage, f"results/{stage}_2"):
        assert complaint(check_places, check_config(changed("results_dir", folder), "config.yaml")) is None


@pytest.mark.parametrize("key", ["results_dir", "responses.store", "responses.exports", "people.folder"])
def test_a_folder_may_be_a_link_that_goes_round_in_a_circle_or_nowhere(tmp_path, monkeypatch, key):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "nowhere").symlink_to("gone")
    for folder in ("circle", "circle/a", "nowhere"):
        complaint(check_places, check_config(changed(key, folder), "config.yaml"))
        assert "is a link that leads nowhere where a folder is needed" in (complaint(check_folder, folder, key) or "")


def test_another_studys_results_stay(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    demo = {"study": "simulated", "simulation": yaml.safe_load((ROOT / "config/demo.yaml").read_text())["simulation"]}
    paper, simulated = (check_config(CONFIG | own, "config.yaml") for own in ({}, demo))
    for mark, own, other in (
        ("results/study/pilot_survey.parquet", paper, simulated),
        ("results/study/truth", simulated, paper),
    ):
        Path(mark).mkdir(parents=True)
        assert complaint(check_places, own) is None
        assert f"study that is {own.study}, and this one is {other.study}" in (complaint(check_places, other) or "")
        Path(mark).rmdir()


def test_the_results_of_a_study_in_another_folder_stay(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mine, copied, paper = (
        check_config(CONFIG | own, "config.yaml")
        for own in ({"study": "tables", "study_folder": "mine"}, {"study": "tables", "study_folder": "copied"}, {})
    )
    mark = Path("results/study/study_folder.txt")
    mark.parent.mkdir(parents=True)
    mark.write_text("mine")
    Path("mine").mkdir()
    Path("same").symlink_to("mine")
    assert complaint(check_places, copied) is None
    Path("copied").mkdir()
    for here in ("mine", "same", str(tmp_path / "mine")):
        mark.write_text(here)
        assert complaint(check_places, mine) is None
        assert f"the study in {here}, and this one is in copied" in (complaint(check_places, copied) or "")
        assert "study that is tables, and this one is paper" in (complaint(check_places, paper) or "")
    for lost in ("moved away", "", "\0"):
        mark.write_text(lost)
        assert complaint(check_places, copied) is None


LAB = {"base_url": "https://lab.example/v1"}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"base_url": "http://lab.example/v1", "key_env": "LAB_KEY", "key_host": "lab.example"}, "in the clear"),
        ({"base_url": "http://8.8.8.8/v1", "key_env": "LAB_KEY", "key_host": "8.8.8.8"}, "in the clear"),
        ({"base_url": "http://evil.notlocalhost/v1", "key_env": "LAB_KEY"}, "is not named as a host"),
        (
            LAB | {"key_env": "AWS_SECRET_ACCESS_KEY"},
            "would send AWS_SECRET_ACCESS_KEY to lab.example",
        ),
        (LAB | {"key_env": "GITHUB_TOKEN"}, "would send GITHUB_TOKEN to lab.example"),
        (LAB | {"key_env": "LAB_KEY", "key_host": "other.example"}, "is not named as a host"),
        (LAB | {"key_env": "GEMINI_API_KEY", "key_host": "lab.example"}, "belongs to https://generativelanguage"),
        ({"base_url": "https://api.openai.com:99999/v1"}, "base_url: has no such host or port"),
        ({"base_url": "https://api.openai.com:0/v1"}, "base_url: has no such host or port"),
        ({"base_url": "https://api.openai.com:port/v1"}, "base_url: is no plain https://host"),
        ({"base_url": "https://api.openai.com/sk-proj-hunter2secrethunter2/v1"}, "base_url: is no plain https://host"),
        ({"base_url": "http://evil.localhost/v1", "key_env": "LAB_KEY"}, "is not named as a host"),
        (
            {"base_url": "http://169.254.169.254/v1", "key_env": "LAB_KEY", "key_host": "169.254.169.254"},
            "in the clear",
        ),
        ({"extra_body": {"headers": {"X": "hunter2secret"}}}, "holds a credential"),
        ({"extra_body": {"extra_headers": {}}}, "holds a credential"),
        ({"extra_body": {"a": [{"b": {"Api-Key": "hunter2secret"}}]}}, "holds a credential"),
        ({"extra_body": {"a": "Bearer hunter2secret"}}, "holds a credential"),
        ({"extra_body": {"a": "sk-proj-hunter2secrethunter2"}}, "holds a credential"),
        ({"extra_body": {"a": " bearer hunter2secret"}}, "holds a credential"),
        ({"extra_body": {"a": {"x-token": "hunter2secret"}}}, "holds a credential"),
        ({"extra_body": {"a": "ghp_hunter2secrethunter2"}}, "holds a credential"),
    ],
)
def test_a_key_goes_where_it_was_sent_on_purpose(tmp_path, row, words):
    content = copy.deepcopy(PROVIDERS)
    content["providers"]["openai"] |= row
    (tmp_path / "providers.yaml").write_text(yaml.safe_dump(content))
    said = complaint(read_providers, tmp_path / "providers.yaml") or ""
    assert words in said
    assert "hunter2secret" not in said
    if "extra_body" in row:
        content = copy.deepcopy(PROVIDERS)
        content["requests"]["chat"] |= row
        (tmp_path / "providers.yaml").write_text(yaml.safe_dump(content))
        assert "request chat: extra_body: holds a credential" in (
            complaint(read_providers, tmp_path / "providers.yaml") or ""
        )


@pytest.mark.parametrize("key", ["model", "messages", "system", "stream", "n", "max_tokens", "max_completion_tokens"])
def test_a_body_says_nothing_that_the_engine_says(tmp_path, key):
    for kind, name in (("providers", "openai"), ("requests", "chat")):
        content = copy.deepcopy(PROVIDERS)
        content[kind][name]["extra_body"] = {key: 100}
        (tmp_path / "providers.yaml").write_text(yaml.safe_dump(content))
        assert f"{name}: sets '{key}'" in (complaint(read_providers, tmp_path / "providers.yaml") or "")
    content = copy.deepcopy(PROVIDERS)
    content["providers"]["openai"]["reasoning_parameter"] = f"{key}.effort"
    (tmp_path / "providers.yaml").write_text(yaml.safe_dump(content))
    assert f"openai: sets '{key}'" in (complaint(read_providers, tmp_path / "providers.yaml") or "")


HOSTS = ["api.openai.com", "evil.example", "127.0.0.1", "localhost", "[::1]", "[fe80::1%eth0]", "2130706433", "a" * 70]
MARKS = [*"@:/\\#?.;%[]*&=,!$'()~|^`{}<>\" ", "%2e", "%00", "//", "..", "\u3002", "\uff0f", "\u2044", "\u200b", "\xad"]
addresses = st.tuples(
    st.sampled_from(["https://", "http://", "HTTPS://", "https:/", "https:\\\\"]),
    st.lists(st.sampled_from([*HOSTS, *MARKS, ":443", "user:word@", "\u0430pi.openai.com"]), min_size=1, max_size=6),
    st.sampled_from(["", "/", "/v1", "/v1?a=b", "/v1#a", "/../v1", "//evil.example"]),
).map(lambda parts: parts[0] + "".join(parts[1]) + parts[2])


@given(addresses, st.sampled_from(["OPENAI_API_KEY", "LAB_KEY"]))
@settings(max_examples=300, deadline=None)
def test_every_program_reads_an_address_as_the_check_does(tmp_path_factory, address, key):
    content = {"providers": {"openai": PROVIDERS["providers"]["openai"] | {"base_url": address, "key_env": key}}}
    path = tmp_path_factory.getbasetemp() / "providers.yaml"
    path.write_text(yaml.safe_dump(content | {"requests": {}}))
    if complaint(read_providers, path) is None:
        (host,) = {httpx2.URL(address).host, yarl.URL(address).host, urlsplit(address).hostname}
        assert host == "api.openai.com" if key == "OPENAI_API_KEY" else host in ("localhost", "127.0.0.1", "::1")
        assert httpx2.URL(f"{address}/chat").path.endswith("/chat")


@pytest.mark.parametrize(
    "row",
    [
        {"base_url": "https://lab.example/v1", "key_env": "LAB_KEY", "key_host": "lab.example"},
        {"base_url": "http://192.168.0.7:8000/v1", "key_env": "LAB_KEY", "key_host": "192.168.0.7"},
        {"base_url": "http://gpu.lan/v1", "key_env": "LAB_KEY", "key_host": "gpu.lan"},
        {"base_url": "http://localhost:8000/v1", "key_env": "LAB_KEY"},
        {"base_url": "http://[::1]:8000/v1", "key_env": "LAB_KEY"},
        {"base_url": "http://lab.example/v1", "key_env": None},
        {"base_url": "https://eu.api.openai.com:8443/v1beta/x@y:z/"},
        {"extra_body": {"top_p": 5, "provider": {"order": ["a"], "token_count": 7}, "user": "me", "eos_token": "x"}},
    ],
)
def test_what_is_asked_for_on_purpose_is_done(tmp_path, row):
    content = copy.deepcopy(PROVIDERS)
    content["providers"]["openai"] |= row
    (tmp_path / "providers.yaml").write_text(yaml.safe_dump(content))
    assert complaint(read_providers, tmp_path / "providers.yaml") is None


def test_a_provider_stands_once(tmp_path):
    text = (ROOT / "config/providers.yaml").read_text().replace("  local: ", "  openai: ")
    (tmp_path / "providers.yaml").write_text(text)
    assert "the key 'openai' stands there twice" in (complaint(read_providers, tmp_path / "providers.yaml") or "")


@pytest.mark.parametrize("name", ["nan", "null", "none", "na"])
def test_no_id_is_what_a_table_takes_for_nothing(tmp_path, name):
    for file, column in (("personas", 0), ("personas", 1), ("claims", 0)):
        rows = [row.split("\t") for row in (ROOT / f"config/{file}.tsv").read_text().splitlines()]
        rows[1][column] = name
        (tmp_path / "table.tsv").write_text("\n".join(map("\t".join, rows)))
        said = complaint(read_rows, tmp_path / "table.tsv", file, {"personas": Persona, "claims": Claim}[file])
        assert f"row 2: {rows[0][column]}: '{name}' is what programs take for a missing value" in (said or "")
    for key in ("prompt_versions", "templates", "families"):
        content = copy.deepcopy(INSTRUMENT)
        content[key][name] = next(iter(content[key].values()))
        assert "missing value" in (complaint(check, InstrumentFile, content, "mine.yaml") or "")


def test_two_axes_are_two_words(tmp_path):
    text = (ROOT / "config/personas.tsv").read_text()
    path = tmp_path / "personas.tsv"
    path.write_text(text.replace("gender_female\tgender\t", 'gender_female\t"gender\n"\t'))
    assert "personas.tsv, row 3: axis" in (complaint(read_personas, path, {}, VALUE_PORTRAIT) or "")


@pytest.mark.parametrize("date", ["2025-02-30", "2025-13-01", "0000-01-01", "2025-1-1", "20250101"])
def test_a_price_has_a_date_that_there_is(tmp_path, date):
    text = (ROOT / "config/models.tsv").read_text()
    path = tmp_path / "models.tsv"
    path.write_text(text.replace("\tbaseline\t\t\t\t\n", f"\tbaseline\t\t1\t2\t{date}\n", 1))
    assert "row 2: priced_on" in (complaint(read_models, path, "paper") or "")


def test_a_model_known_by_print_alone_is_in_print():
    place = lambda path: str(ROOT / path)  # noqa: E731
    for name, fault in (("qwen2.5-0.5b-instruct", None), ("qwen2.5-0.5b", "has none of it")):
        said = complaint(check_printed, place, [name], "models.tsv", VALUE_PORTRAIT, VALUE_PORTRAIT)
        assert said is fault if fault is None else fault in said
