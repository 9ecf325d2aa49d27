"""What goes along with every request: the key in its header, and what the provider's entry adds."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from loopback import Loopback
from targets import KEY, make_plan, make_target
from value_portrait.errors import InputError
from value_portrait.responses.client import Client
from value_portrait.responses.providers import read_providers


def seen(server: Loopback, api: str, **changes: Any) -> dict[str, str]:
    """The headers of a request, in lower case, with its query as ``?``."""
    target = make_target(server.url, api, **changes)

    async def ask() -> int | None:
        async with Client(target.provider) as client:
            return (await client.ask(make_plan(target, 1)[0].body)).status

    assert asyncio.run(ask()) == 200
    return {name.lower(): value for name, value in server.seen_headers[-1].items()}


@pytest.mark.parametrize("api", ["openai", "anthropic"])
def test_the_key_goes_into_one_header(server: Loopback, api: str) -> None:
    def keyed(**changes: Any) -> dict[str, str]:
        return {name: value for name, value in seen(server, api, **changes).items() if KEY in value or "auth" in name}

    assert keyed() == {"authorization": f"Bearer {KEY}"}
    assert keyed(key_header="api-key") == {"api-key": KEY}
    assert keyed(key_header="X-API-Key") == {"x-api-key": KEY}
    assert keyed(key_header="authorization") == {"authorization": KEY}
    assert keyed(key_env=None) == {}


@pytest.mark.parametrize("api", ["openai", "anthropic"])
def test_headers_and_query_are_added_to_every_request(server: Loopback, api: str) -> None:
    found = seen(server, api, headers={"x-title": "values"}, query={"api-version": "2024-10-21"})
    assert found["x-title"] == "values"
    assert server.queries[-1] == {"api-version": "2024-10-21"}
    assert not any("NOT_GIVEN" in value for value in found.values())


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"headers": {"Authorization": "hunter2"}}, "headers: holds what is or looks like a credential"),
        ({"headers": {"x-portkey-api-key": "hunter2"}}, "headers: holds what is or looks like a credential"),
        ({"headers": {"x-title": "sk-hunter2hunter2hunter2"}}, "headers: holds what is or looks like a credential"),
        ({"headers": {"x-title": "Bearer hunter2"}}, "headers: holds what is or looks like a credential"),
        ({"query": {"key": "hunter2"}}, "query: holds what is or looks like a credential"),
        ({"query": {"sig": "hunter2"}}, "query: holds what is or looks like a credential"),
        ({"headers": {"Host": "hunter2"}}, "headers: sets host, which is not to be set"),
        ({"headers": {"x-title": "a\r\nhunter2: b"}}, ""),
        ({"headers": {"x title": "hunter2"}}, ""),
        ({"query": {"a&b": "hunter2"}}, ""),
        ({"key_header": "api key"}, ""),
    ],
)
def test_what_is_secret_has_a_variable(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    content = yaml.safe_load(Path("config/providers.yaml").read_text())
    content["providers"]["openai"] |= changes
    (tmp_path / "providers.yaml").write_text(yaml.safe_dump(content))
    with pytest.raises(InputError) as refused:
        read_providers(tmp_path / "providers.yaml")
    assert complaint in str(refused.value)
    if complaint:
        assert "hunter2" not in str(refused.value)
