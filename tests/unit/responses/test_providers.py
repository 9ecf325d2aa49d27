import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from targets import make_target
from value_portrait.errors import InputError
from value_portrait.responses.providers import check_targets, live_target, read_providers

SHIPPED = Path("config/providers.yaml")


def write(tmp_path: Path, **changes: Any) -> Path:
    """The shipped file with changes in the row of OpenAI."""
    content = yaml.safe_load(SHIPPED.read_text())
    content["providers"]["openai"].update(changes)
    path = tmp_path / "providers.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


def test_shipped_rows_are_the_five_providers_and_the_papers_parameters() -> None:
    providers, parameters = read_providers(SHIPPED)
    assert list(providers) == ["openai", "anthropic", "openrouter", "gemini", "local"]
    assert (parameters["chat"].temperature, parameters["chat"].max_tokens, parameters["chat"].seed) == (0, 64, 42)
    assert (parameters["reasoning"].temperature, parameters["reasoning"].max_tokens) == (None, 2048)
    assert providers["local"].free
    assert providers["local"].key_env is None


@pytest.mark.parametrize(
    ("url", "host", "complaint"),
    [
        ("http://localhost:1/v1", None, None),
        ("http://box.localhost/v1", None, "to box.localhost, which is not named as a host that may have it"),
        ("http://127.0.0.1:1/v1", None, None),
        ("http://[::1]:1/v1", None, None),
        ("https://lab.example/v1", "lab.example", None),
        ("http://gpu.lan/v1", "gpu.lan", None),
        ("http://gpu.local/v1", "gpu.local", None),
        ("http://lan/v1", "lan", None),
        ("http://gpu.internal/v1", "gpu.internal", None),
        ("http://10.1.2.3/v1", "10.1.2.3", None),
        ("http://10.1.2.3/v1", None, "to 10.1.2.3, which is not named as a host that may have it. If the key"),
        ("https://lab.example/v1", "other.example", "LAB_KEY to lab.example, which is not named as a host"),
        (
            "https://notlocalhost/v1",
            None,
            "is not named as a host that may have it. If the key is for that server, add",
        ),
        ("https://lab.example/v1", None, "may have it. If the key is for that server, add key_host: lab.example."),
        ("http://wlan/v1", "wlan", "would send LAB_KEY to wlan in the clear. Write https://."),
        ("http://8.8.8.8/v1", "8.8.8.8", "would send LAB_KEY to 8.8.8.8 in the clear. Write https://."),
    ],
)
def test_a_key_goes_where_it_is_said_to_and_in_the_clear_nowhere_far(
    tmp_path: Path, url: str, host: str | None, complaint: str | None
) -> None:
    path = write(tmp_path, base_url=url, key_env="LAB_KEY", key_host=host)
    if complaint is None:
        assert read_providers(path)[0]["openai"].base_url == url
        return
    with pytest.raises(InputError) as refused:
        read_providers(path)
    assert str(refused.value).startswith(f"{path}, provider openai: would send LAB_KEY")
    assert complaint in str(refused.value)


def test_a_missing_file_and_a_request_with_a_credential_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Correct the key 'providers' of the config\.$"):
        read_providers(tmp_path / "none.yaml")
    content = yaml.safe_load(SHIPPED.read_text())
    for spoilt in ({"x": [{"y": {"api_key": "hunter2"}}]}, {"x": [[[{"api_key": "hunter2"}]]]}):
        content["requests"]["chat"]["extra_body"] = spoilt
        (tmp_path / "providers.yaml").write_text(yaml.safe_dump(content))
        with pytest.raises(
            InputError, match=r"providers\.yaml, request chat: extra_body: holds a credential"
        ) as refused:
            read_providers(tmp_path / "providers.yaml")
        assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["https://evil.example/v1", "http://api.openai.com/v1", "https://api.openai.com.evil.example/v1"]
)
def test_a_known_key_goes_to_its_own_host_alone(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match=r"OPENAI_API_KEY .* belongs to https://api\.openai\.com"):
        read_providers(write(tmp_path, base_url=url))


def test_a_region_of_the_own_host_and_an_own_variable_are_fine(tmp_path: Path) -> None:
    read_providers(write(tmp_path, base_url="https://eu.api.openai.com/v1"))
    read_providers(write(tmp_path, base_url="http://10.0.0.5:8000/v1", key_env="LAB_API_KEY", key_host="10.0.0.5"))


@pytest.mark.parametrize(
    "url", ["https://user:hunter2secret@api.openai.com/v1", "https://api.openai.com/v1?key=hunter2secret"]
)
def test_credentials_in_a_url_are_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match="is no plain https") as caught:
        read_providers(write(tmp_path, base_url=url))
    assert "hunter2secret" not in str(caught.value)


def test_a_key_in_place_of_its_variables_name_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no name of a variable") as caught:
        read_providers(write(tmp_path, key_env="sk-proj-hunter2secret"))
    assert "hunter2secret" not in str(caught.value)


def test_unknown_keys_and_broken_files_are_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="temprature"):
        read_providers(write(tmp_path, temprature=1))
    broken = tmp_path / "broken.yaml"
    broken.write_text("providers: [sk-hunter2secret")
    with pytest.raises(InputError, match="no YAML") as caught:
        read_providers(broken)
    assert "hunter2secret" not in str(caught.value)
    with pytest.raises(InputError, match=r"is missing.*'providers'"):
        read_providers(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="credential"):
        read_providers(write(tmp_path, extra_body={"api_key": "x"}))


def test_a_live_row_needs_a_provider_a_request_and_a_model_id(tmp_path: Path) -> None:
    known = read_providers(shutil.copy(SHIPPED, tmp_path))
    row = make_target("http://127.0.0.1:1", provider="openai").row
    assert live_target(row, *known, "models.tsv").provider.name == "openai"
    for change, words in (
        ({"provider": "nobody"}, "provider 'nobody'"),
        ({"request": None}, "request 'None'"),
        ({"model_id": None}, "no model_id"),
        ({"batch": "yes", "provider": "local"}, "no batch API"),
    ):
        with pytest.raises(InputError, match=words):
            check_targets([row.model_copy(update=change)], "models.tsv", SHIPPED)


URL = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("changes", "usd"),
    [
        ({}, 0.7),  # a million and a half at 0.2, half a million at 0.8
        ({"batch": "yes"}, 0.35),
        ({"batch": "yes", "batch_discount": None}, 0.7),
        ({"usd_in": None}, None),
        ({"usd_out": None}, None),
        ({"usd_in": 0.0, "usd_out": 0.0}, 0.0),
        ({"free": True}, 0.0),
        ({"free": True, "usd_in": None, "usd_out": None}, 0.0),
    ],
)
def test_prices_are_per_million_tokens_and_lower_in_a_batch(changes: dict[str, Any], usd: float | None) -> None:
    target = make_target(URL, **{"usd_in": 0.2, "usd_out": 0.8} | changes)
    assert target.usd(1_500_000, 500_000) == (usd if usd is None else pytest.approx(usd, rel=1e-9))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"base_url": "https://api.openai.com/v1#hunter2secret"}, r"provider openai: base_url: is no plain https"),
        ({"base_url": "https://:hunter2secret@api.openai.com/v1"}, r"provider openai: base_url: is no plain https"),
        ({"base_url": "https://hunter2secret@api.openai.com/v1"}, r"provider openai: base_url: is no plain https"),
        ({"base_url": "https://[hunter2secret/v1"}, r"provider openai: base_url: is no plain https"),
        ({"key_env": "OPENAI_API_KEYS"}, r"provider openai: key_env: is no name of a variable"),
        ({"key_env": 7}, r"provider openai: key_env: is no name of a variable"),
        ({"extra_body": {"seed": 1, "Authorization": "hunter2secret"}}, r"provider openai: extra_body: holds a cred"),
        ({"extra_body": {"X-API-Key": "hunter2secret"}}, r"provider openai: extra_body: holds a credential\. Name its"),
        (
            {"base_url": "http://eu.api.openai.com/v1"},
            r"provider openai: would send OPENAI_API_KEY to http://eu\.api\.openai\.com, but that key belongs to "
            r"https://api\.openai\.com",
        ),
        ({"base_url": "https://notapi.openai.com/v1"}, r"to https://notapi\.openai\.com, but"),
        ({"base_url": "https:///v1"}, r"provider openai: base_url: is no plain https"),
        ({"base_url": 7}, r"providers\.openai\.base_url: 7 does not fit"),
        ({"base_url": "ftp://api.openai.com/v1", "key_env": None}, r"provider openai: base_url: is no plain https"),
    ],
)
def test_an_address_that_could_give_a_key_away_is_refused_with_its_provider(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint) as caught:
        read_providers(write(tmp_path, **changes))
    assert "hunter2secret" not in str(caught.value)
    assert str(tmp_path / "providers.yaml") in str(caught.value)


def test_a_provider_without_a_key_and_other_texts_in_the_body_are_fine(tmp_path: Path) -> None:
    path = write(tmp_path, key_env=None, base_url="http://10.0.0.5:8000/v1", extra_body={"user": "me"})
    provider = read_providers(path)[0]["openai"]
    assert (provider.name, provider.key_env, provider.extra_body) == ("openai", None, {"user": "me"})


@pytest.mark.parametrize("content", ["", "[]", "providers:\nrequests: {}", "providers: {lab: 1}\nrequests: {}"])
def test_a_file_of_another_shape_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "providers.yaml"
    path.write_text(content)
    with pytest.raises(InputError, match=r"providers\.yaml"):
        read_providers(path)


def test_complaints_about_a_live_row_name_it_and_what_there_is() -> None:
    known = read_providers(SHIPPED)
    row = make_target(URL, provider="openai", request="loud").row
    with pytest.raises(InputError) as caught:
        live_target(row, *known, "my.tsv")
    assert str(caught.value) == (
        "my.tsv, model Test/model:1: has the request 'loud', which providers.yaml does not define. "
        f"Use one of {', '.join(known[1])}."
    )
    for change, complaint in (
        ({"model_id": ""}, r"my\.tsv, model Test/model:1: has no model_id"),
        ({"batch": "yes", "provider": "local"}, r"my\.tsv, model Test/model:1: wants a batch, but local has no batch"),
    ):
        with pytest.raises(InputError, match=complaint):
            live_target(row.model_copy(update={"request": "chat"} | change), *known, "my.tsv")


def test_a_target_is_the_row_its_provider_and_its_parameters() -> None:
    providers, parameters = read_providers(SHIPPED)
    row = make_target(URL, provider="gemini", request="reasoning").row
    target = live_target(row, providers, parameters, "models.tsv")
    assert (target.row, target.provider, target.parameters) == (row, providers["gemini"], parameters["reasoning"])


def test_only_live_rows_need_a_provider_and_the_providers_are_named() -> None:
    row = make_target(URL, provider="openai").row
    recorded = row.model_copy(update={"answers": "recorded", "provider": None})
    assert check_targets([recorded, row], "models.tsv", SHIPPED) == [*read_providers(SHIPPED)[0]]
    with pytest.raises(InputError, match=r"^my\.tsv, model"):
        check_targets([recorded.model_copy(update={"answers": "live"})], "my.tsv", SHIPPED)
