"""What an API has to say of itself, and what it gets to work with."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from value_portrait.responses.replies import Reply, Verdict


@dataclass(frozen=True)
class Batch:
    """A batch at the provider; ``failure`` says why it came to nothing."""

    id: str
    created: float
    ended: bool
    requests: int
    raw: dict[str, Any]
    failure: str | None = None


class Calls(Protocol):
    """Calls of a provider's batch API, repeated a few times where that helps."""

    sdk: Any

    async def get(self, path: str) -> Any:
        """The JSON at a path."""

    async def call(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """The JSON that a call of the SDK brings."""

    async def create(self, path: str, body: bytes) -> Any:
        """What was created, or None where the reply was lost."""

    async def lines(self, path: str) -> Iterator[dict[str, Any]]:
        """The JSON lines at a path."""

    def pages(self, path: str, cursor: str) -> AsyncIterator[dict[str, Any]]:
        """All entries of a listing, newest first."""


class Api(Protocol):
    """Everything in which APIs differ.

    Attributes
    ----------
    path : of a question, behind the provider's ``base_url``.
    token_parameters : the names that the limit of an answer's tokens may have.
    """

    path: str
    token_parameters: tuple[str, ...]

    def open(self, options: dict[str, Any], transport: dict[str, Any], version: str) -> tuple[Any, Any]:
        """An asynchronous client of the SDK, and the module with its errors; imports the SDK."""

    def conversation(self, system: str | None, turn: str) -> dict[str, Any]:
        """The part of a request's body that holds the texts: a system message, and the user's turn."""

    def said(self, body: Mapping[str, Any]) -> tuple[str | None, str]:
        """The system message and the user's turn of a request's body."""

    def read_answer(self, body: Mapping[str, Any], reasoning_fields: Sequence[str]) -> Verdict:
        """What a good reply says; a reply of another shape raises AttributeError, IndexError, KeyError or TypeError."""

    async def create_batch(self, calls: Calls, intent: str, bodies: Mapping[str, bytes]) -> Batch | None:
        """Submit; None where the reply was lost, and only a listing can tell. ``intent``: an id of our own."""

    async def get_batch(self, calls: Calls, batch: str) -> Batch:
        """The state of a batch."""

    async def find_batch(self, calls: Calls, intent: str, names: Sequence[str], since: float) -> Batch | None:
        """The batch that an intent became, by listing; ``names`` are its custom ids, ``since`` when it can be."""

    def batch_results(self, calls: Calls, batch: Batch) -> AsyncIterator[tuple[str, Reply]]:
        """The reply of every request, by its custom id."""
