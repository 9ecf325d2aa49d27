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
    "url", ["https://evil.example/v1", "http://api.openai.com/v1", "https://api.openai.com.evil.example/v1"]
)
def test_a_known_key_goes_to_its_own_host_alone(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match=r"OPENAI_API_KEY .* belongs to https://api\.openai\.com"):
        read_providers(write(tmp_path, base_url=url))


def test_a_region_of_the_own_host_and_an_own_variable_are_fine(tmp_path: Path) -> None:
    read_providers(write(tmp_path, base_url="https://eu.api.openai.com/v1"))
    read_providers(write(tmp_path, base_url="http://10.0.0.5:8000/v1", key_env="LAB_API_KEY"))


@pytest.mark.parametrize(
    "url", ["https://user:hunter2secret@api.openai.com/v1", "https://api.openai.com/v1?key=hunter2secret"]
)
def test_credentials_in_a_url_are_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match="more than an address") as caught:
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
    with pytest.raises(InputError, match="is missing"):
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
