"""The loopback server and its key, for all tests of live answers."""

from collections.abc import Iterator

import pytest
from loopback import Loopback
from targets import KEY


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPBACK_API_KEY", KEY)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running
