"""Providers and sets of request parameters: rows of ``providers.yaml``, checked before anything is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from value_portrait.checking import Checked, Label, Name, check, read_yaml
from value_portrait.config_tables import Model
from value_portrait.errors import InputError
from value_portrait.responses.apis.registry import APIS, api_of
from value_portrait.responses.credentials import ADDRESS, HEADER, KEY_NAME, check_address, check_body

HeaderValue = Annotated[str, StringConstraints(pattern=r"^[!-~]([ -~]*[!-~])?$", max_length=500)]


def _known(api: str) -> str:
    if api not in APIS:
        raise ValueError(f"'{api}' is no API that is known here")
    return api


class ProviderEntry(Checked):
    """Who serves live models; limits are per minute."""

    api: Annotated[str, AfterValidator(_known)] = Field(description=f"one of {', '.join(APIS)}")
    base_url: str = Field(pattern=ADDRESS, max_length=300, description="the server's address up to the version")
    api_version: str = Field(min_length=1, description="the version of the API")
    key_env: Annotated[str, StringConstraints(pattern=KEY_NAME)] | None = Field(
        description="the name of an environment variable that ends in _KEY or _TOKEN, or null"
    )
    key_host: str | None = Field(
        None, description="the host that may be sent the key, where that is no known provider's and not this machine"
    )
    key_header: Annotated[str, StringConstraints(pattern=HEADER)] | None = Field(
        None, description="the header that takes the key, such as api-key; without it the API's own"
    )
    headers: dict[Annotated[str, StringConstraints(pattern=HEADER)], HeaderValue] = Field(
        {}, description="further headers of every request, none of them secret"
    )
    query: dict[Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")], HeaderValue] = Field(
        {}, description="the query of every address, such as {api-version: 2024-10-21}, nothing of it secret"
    )
    identity: Name | None = Field(
        None, description="the name that answers are known by; without it the provider's, which a moved server keeps"
    )
    token_parameter: str = Field(description="the API's name of the limit, such as max_tokens")
    accepts: list[Literal["temperature", "seed"]] = Field(description="a list of temperature, seed")
    max_in_flight: int = Field(ge=1, le=1000, description="requests at once, 1 to 1000")
    timeout_s: float = Field(gt=0, le=86_400, description="seconds, up to a day")
    reasoning_parameter: str = Field(
        "reasoning_effort",
        pattern=r"^[a-z_]+(\.[a-z_]+)*$",
        description="where the reasoning effort goes, with dots for levels",
    )
    reasoning_fields: list[str] = Field([], description="a list of names: where a reply's reasoning may be")
    requests_per_minute: Annotated[float, Field(gt=0, le=1e9)] | None = Field(None, description="the account's limit")
    tokens_per_minute: Annotated[float, Field(gt=0, le=1e12)] | None = Field(None, description="the account's limit")
    batch_discount: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="what a batch costs, as a share of the usual price; without it there is no batch API"
    )
    free: bool = Field(False, description="true where nothing is charged")
    extra_body: dict[str, Any] = Field({}, description="what else goes into every request")

    @model_validator(mode="after")
    def _fits_its_api(self) -> "ProviderEntry":
        known = api_of(self.api).token_parameters
        if self.token_parameter not in known:
            raise ValueError(
                f"token_parameter '{self.token_parameter}' is none of the API {self.api}: {', '.join(known)}"
            )
        return self


class Provider(ProviderEntry):
    """A provider with its name."""

    name: str

    @property
    def known_as(self) -> str:
        """The name that keys of answers hold."""
        return self.identity or self.name


class Parameters(Checked):
    """A named set of request parameters; what is missing is left to the model."""

    max_tokens: int = Field(ge=1, le=10_000_000, description="tokens that an answer may have, with its reasoning")
    # A whole number stays one: 0 and 0.0 would be two requests.
    temperature: Annotated[int | float, Field(ge=0, le=100)] | None = Field(None, description="0 or more")
    seed: int | None = Field(None, description="a whole number; each further repeat adds 1")
    repeats: int = Field(
        1, ge=1, le=100, description="how often each question is asked, 1 to 100; at temperature 0 once"
    )
    reasoning_effort: str | None = Field(None, description="as the provider names it")
    extra_body: dict[str, Any] = Field({}, description="what else goes into the request")
    checkpoint: Label | None = Field(
        None, description="what is asked where the id stayed and the model did not; another one asks everything again"
    )

    @property
    def varies(self) -> bool:
        """Whether the same question may get another answer: at temperature 0 it is meant not to."""
        return 0 not in (self.temperature, self.extra_body.get("temperature"))

    @model_validator(mode="after")
    def _repeats_may_differ(self) -> "Parameters":
        if self.repeats > 1 and not self.varies:
            raise ValueError(
                f"asks {self.repeats} times for the answer that temperature 0 gives each time: "
                "raise or remove temperature, or remove repeats"
            )
        return self


class ProvidersFile(Checked):
    """Who serves live models, and how they are asked."""

    providers: dict[Name, ProviderEntry]
    requests: dict[Name, Parameters]


@dataclass(frozen=True)
class Target:
    """A live model: its row, who serves it, and the parameters that it is asked with."""

    row: Model
    provider: Provider
    parameters: Parameters

    @property
    def batched(self) -> bool:
        """Whether it is asked through the provider's batch API."""
        return self.row.batch == "yes"

    def usd(self, tokens_in: float, tokens_out: float) -> float | None:
        """The price of so many tokens, or None where it is unknown."""
        if self.provider.free:
            return 0.0
        if self.row.usd_in is None or self.row.usd_out is None:
            return None
        price = (tokens_in * self.row.usd_in + tokens_out * self.row.usd_out) / 1e6
        return price * (self.provider.batch_discount or 1) if self.batched else price


def read_providers(path: str | Path) -> tuple[dict[str, Provider], dict[str, Parameters]]:
    """The providers and the named parameters of ``providers.yaml``.

    Raises
    ------
    InputError : the file is missing or is no YAML, a key is unknown, missing or unfit, a URL or a body holds
        credentials, or a key would go to a host that it does not belong to, or be sent in the clear.
    """
    content = read_yaml(path, "Correct the key 'providers' of the config.")
    for kind, what in (("providers", "provider"), ("requests", "request")):
        rows = content.get(kind) if isinstance(content, dict) else None
        for name, row in rows.items() if isinstance(rows, dict) else ():
            check_body(row, f"{path}, {what} {name}")
            if kind == "providers":
                check_address(row, f"{path}, {what} {name}")
    file = check(ProvidersFile, content, str(path))
    return {name: Provider(name=name, **row.model_dump()) for name, row in file.providers.items()}, file.requests


def live_target(
    row: Model, providers: Mapping[str, Provider], parameters: Mapping[str, Parameters], where: str
) -> Target:
    """The target of a live model's row.

    Raises
    ------
    InputError : the row names an unknown provider or set of parameters, has no ``model_id``, or wants a batch where
        the provider has none.
    """
    for column, known in (("provider", providers), ("request", parameters)):
        if getattr(row, column) not in known:
            raise InputError(
                f"{where}, model {row.model}",
                f"has the {column} '{getattr(row, column)}', which providers.yaml does not define.",
                f"Use one of {', '.join(known)}.",
            )
    if not row.model_id:
        raise InputError(f"{where}, model {row.model}", "has no model_id.", "Enter the provider's id of it.")
    target = Target(row, providers[row.provider], parameters[str(row.request)])
    if target.batched and target.provider.batch_discount is None:
        raise InputError(
            f"{where}, model {row.model}",
            f"wants a batch, but {row.provider} has no batch_discount, so no batch API.",
            "Empty the column batch, or add it to the provider.",
        )
    return target


def check_targets(models: Iterable[Model], source: str, providers: str | Path) -> list[str]:
    """Check all live models against the providers, and name these; ``source`` is where the models stand, for messages.

    Raises
    ------
    InputError : as ``read_providers`` and ``live_target``.
    """
    known = read_providers(providers)
    for row in models:
        if row.answers == "live":
            live_target(row, *known, source)
    return list(known[0])
