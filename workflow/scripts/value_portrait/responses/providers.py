"""Providers and sets of request parameters: rows of ``providers.yaml``, checked before anything is sent."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from value_portrait.configuration import Model, check
from value_portrait.errors import InputError

# A key goes to these hosts alone; any other server has a variable of its own.
KEY_HOSTS = {
    "OPENAI_API_KEY": "api.openai.com",
    "OPENAI_ADMIN_KEY": "api.openai.com",
    "ANTHROPIC_API_KEY": "api.anthropic.com",
    "ANTHROPIC_AUTH_TOKEN": "api.anthropic.com",
    "OPENROUTER_API_KEY": "openrouter.ai",
    "GEMINI_API_KEY": "generativelanguage.googleapis.com",
    "GOOGLE_API_KEY": "generativelanguage.googleapis.com",
    "MISTRAL_API_KEY": "api.mistral.ai",
    "DEEPSEEK_API_KEY": "api.deepseek.com",
    "GROQ_API_KEY": "api.groq.com",
    "TOGETHER_API_KEY": "api.together.xyz",
    "XAI_API_KEY": "api.x.ai",
    "HF_TOKEN": "router.huggingface.co",
}


@dataclass(frozen=True)
class Provider:
    """One row of ``providers``; limits are per minute, ``None`` where unknown; ``timeout_s`` is in seconds."""

    name: str
    api: str
    base_url: str
    api_version: str
    key_env: str | None
    token_parameter: str
    accepts: tuple[str, ...]
    max_in_flight: int
    timeout_s: float
    reasoning_parameter: str = "reasoning_effort"
    reasoning_fields: tuple[str, ...] = ()
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    batch_discount: float | None = None
    free: bool = False
    extra_body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Parameters:
    """One row of ``requests``: what is asked for; ``None`` is left to the model."""

    max_tokens: int
    temperature: float | None = None
    seed: int | None = None
    reasoning_effort: str | None = None
    extra_body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """A live model: its row, who serves it, and the parameters that it is asked with."""

    row: Model
    provider: Provider
    parameters: Parameters

    @property
    def batched(self) -> bool:
        """Whether it is asked through the provider's batch API."""
        return self.row["batch"] == "yes"

    def usd(self, tokens_in: float, tokens_out: float) -> float | None:
        """The price of so many tokens, or None where it is unknown."""
        if self.provider.free:
            return 0.0
        if self.row["usd_in"] is None or self.row["usd_out"] is None:
            return None
        price = (tokens_in * self.row["usd_in"] + tokens_out * self.row["usd_out"]) / 1e6
        return price * (self.provider.batch_discount or 1) if self.batched else price


def read_providers(path: str | Path) -> tuple[dict[str, Provider], dict[str, Parameters]]:
    """The providers and the named parameters of ``providers.yaml``.

    Raises
    ------
    InputError : the file is missing or is no YAML, a row does not fit ``schemas/providers.schema.json``, a URL holds
        credentials, or a known key would go to another host than its provider's.
    """
    path = Path(path)
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(path, "is missing.", "Correct the key 'providers' of the config.") from None
    except yaml.YAMLError:
        # The parser's own message quotes the text, and with it perhaps a key.
        raise InputError(path, "is no YAML.", "Correct its indentation and quotes.") from None
    for name, row in (content.get("providers") or {}).items() if isinstance(content, dict) else ():
        _check_address(row, f"{path}, provider {name}")
    check(content, "providers", str(path))
    providers = {name: _provider(name, row) for name, row in content["providers"].items()}
    return providers, {name: Parameters(**row) for name, row in content["requests"].items()}


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
        if row[column] not in known:
            raise InputError(
                f"{where}, model {row['model']}",
                f"has the {column} '{row[column]}', which providers.yaml does not define.",
                f"Use one of {', '.join(known)}.",
            )
    if not row["model_id"]:
        raise InputError(f"{where}, model {row['model']}", "has no model_id.", "Enter the provider's id of it.")
    target = Target(row, providers[row["provider"]], parameters[row["request"]])
    if target.batched and target.provider.batch_discount is None:
        raise InputError(
            f"{where}, model {row['model']}",
            f"wants a batch, but {row['provider']} has no batch_discount, so no batch API.",
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
        if row["answers"] == "live":
            live_target(row, *known, source)
    return list(known[0])


def _provider(name: str, row: Mapping[str, Any]) -> Provider:
    lists = {key: tuple(value) for key, value in row.items() if isinstance(value, list)}
    fields: dict[str, Any] = {**row, **lists}
    return Provider(name=name, **fields)


def _check_address(row: object, where: str) -> None:
    """Refuse credentials in the URL, and a known key for another host, without repeating either."""
    if not isinstance(row, dict) or not isinstance(row.get("base_url"), str):
        return
    try:
        url = urlsplit(row["base_url"])
        host = url.hostname or ""
    except ValueError:
        raise InputError(where, "base_url is no URL.", "Write https://host/version.") from None
    if url.username is not None or url.password is not None or url.query or url.fragment:
        raise InputError(
            f"{where}: base_url",
            "holds more than an address (credentials, a query or a fragment).",
            "Keep keys in the environment, and name the variable in key_env.",
        )
    key_env = row.get("key_env")
    if key_env is not None and not re.fullmatch(r"[A-Z][A-Z0-9_]*_(KEY|TOKEN)", str(key_env)):
        # Perhaps it is the key itself, so it is not repeated.
        raise InputError(
            f"{where}: key_env",
            "is no name of a variable that ends in _KEY or _TOKEN.",
            "Name the environment variable there, and keep the key itself in the environment.",
        )
    home = KEY_HOSTS.get(str(key_env))
    if home and not ((host == home or host.endswith(f".{home}")) and url.scheme == "https"):
        raise InputError(
            where,
            f"would send {key_env} to {url.scheme}://{host}, but that key belongs to https://{home}.",
            "Give this server a variable of its own, such as MY_SERVER_API_KEY.",
        )
    if {"api_key", "authorization", "x-api-key"} & {str(name).lower() for name in row.get("extra_body") or ()}:
        raise InputError(f"{where}: extra_body", "holds a credential.", "Name its variable in key_env.")
