"""Where a key may go, and where none may stand: entries of ``providers.yaml`` are held to it before they are read."""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from value_portrait.errors import InputError

KEY_NAME = r"^[A-Z][A-Z0-9_]*_(KEY|TOKEN)$"
HEADER = r"^[A-Za-z][A-Za-z0-9-]*$"
# Of headers, what is the transport's own.
_TRANSPORT = ("host", "connection", "content-length", "content-type", "transfer-encoding")
# A key goes to these hosts alone; any other server has a variable of its own, and is named beside it.
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
# Where programs that take an address apart disagree, a key could go to another host than the one that was checked.
_LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
ADDRESS = (
    rf"^https?://({_LABEL}(\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(:[0-9]{{1,5}})?(/[A-Za-z0-9_~:@-][A-Za-z0-9._~:@-]*)*/*$"
)
_PRIVATE = [ipaddress.ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]
# Of the body of a request, what would be a credential, and what looks like one.
_CREDENTIALS = re.compile(
    r"headers?|extraheaders|x?(key|token|auth|bearer)|"
    r".*(apikey|authorization|accesstoken|authtoken|secret|password|passwd|cookie|credentials?)"
)
_SECRET = re.compile(r"key|token|auth|secret|passw|cookie|credential|signature|^sig$")
_KEY = re.compile(
    r"\b(sk|pk|rk|gsk|xai|hf|ghp|gho|github_pat)[-_][A-Za-z0-9_.-]{16,}|\bAIza[A-Za-z0-9_-]{16,}|\bAKIA[A-Z0-9]{16}|"
    r"^\s*((?i:Bearer|Basic))\s"
)
# What says who is asked what, how often and at which length: models, texts and the cap on spending go by it.
_OF_THE_ENGINE = ("model", "models", "messages", "prompt", "system", "stream", "n", "best_of", "tools", "plugins")
_LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


def check_body(row: object, where: str) -> None:
    """Refuse what is, or looks like, a credential in a request, unrepeated, and what is the engine's to say."""
    if not isinstance(row, dict):
        return
    extra = row.get("extra_body")
    own = {*(extra if isinstance(extra, dict) else ()), str(row.get("reasoning_parameter")).partition(".")[0]}
    if taken := sorted(own & {*_OF_THE_ENGINE, *_LIMITS}, key=str):
        raise InputError(
            where,
            f"sets '{taken[0]}', which every request says by itself.",
            f"Use the request's max_tokens and the models' table; extra_body may not hold {', '.join(_OF_THE_ENGINE)}.",
        )
    for key, value in _pairs(extra):
        if _CREDENTIALS.fullmatch(re.sub(r"[^a-z]", "", key.lower())) or (
            isinstance(value, str) and _KEY.search(value)
        ):
            raise InputError(f"{where}: extra_body", "holds a credential.", "Name its variable in key_env.")
    for part in ("headers", "query"):
        for name, value in _pairs(row.get(part)):
            if _SECRET.search(name.lower()) or (isinstance(value, str) and _KEY.search(value)):
                raise InputError(
                    f"{where}: {part}",
                    "holds what is or looks like a credential.",
                    "Name its variable in key_env, and its header in key_header.",
                )
            if name.lower() in _TRANSPORT:
                raise InputError(f"{where}: {part}", f"sets {name.lower()}, which is not to be set.", "Remove it.")


def _pairs(value: object, levels: int = 20) -> Iterator[tuple[str, object]]:
    """The keys and values of a mapping, and those within, down to so many levels."""
    if isinstance(value, dict | list) and levels:
        for key, inner in value.items() if isinstance(value, dict) else [("", one) for one in value]:
            yield str(key), inner
            yield from _pairs(inner, levels - 1)


def check_address(row: object, where: str) -> None:
    """Refuse credentials in the URL, and a key for a host that is not its own, without repeating either."""
    if not isinstance(row, dict) or not isinstance(row.get("base_url"), str):
        return
    if not re.search(ADDRESS, row["base_url"]) or _KEY.search(row["base_url"]) or row["base_url"].endswith("\n"):
        # Perhaps it holds a key, so it is not repeated.
        raise InputError(
            f"{where}: base_url",
            "is no plain https://host/version (or holds credentials, a query or a fragment).",
            "Write it in ASCII; keep keys in the environment, and name the variable in key_env.",
        )
    try:
        url = urlsplit(row["base_url"])
        host, port = url.hostname or "", url.port
        if host.startswith("[") or ":" in host:
            ipaddress.ip_address(host)
    except ValueError:
        port = 0
    if port == 0:
        raise InputError(f"{where}: base_url", "has no such host or port.", "Write https://host:port/version.")
    if (key_env := row.get("key_env")) is None:
        return
    if not re.fullmatch(KEY_NAME, str(key_env)):
        # Perhaps it is the key itself, so it is not repeated.
        raise InputError(
            f"{where}: key_env",
            "is no name of a variable that ends in _KEY or _TOKEN.",
            "Name the environment variable there, and keep the key itself in the environment.",
        )
    if home := KEY_HOSTS.get(str(key_env)):
        if not ((host == home or host.endswith(f".{home}")) and url.scheme == "https"):
            raise InputError(
                where,
                f"would send {key_env} to {url.scheme}://{host}, but that key belongs to https://{home}.",
                "Give this server a variable of its own, such as MY_SERVER_API_KEY.",
            )
    elif not _is_here(host) and row.get("key_host") != host:
        raise InputError(
            where,
            f"would send {key_env} to {host}, which is not named as a host that may have it.",
            f"If the key is for that server, add key_host: {host}.",
        )
    if url.scheme != "https" and not (_is_here(host) or _is_private(host)):
        raise InputError(where, f"would send {key_env} to {host} in the clear.", "Write https://.")


def _is_here(host: str) -> bool:
    """Whether a host is this machine; of other names in .localhost a name server could be asked."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_private(host: str) -> bool:
    """Whether a host is an address in a private network, or is named so."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return f".{host}".endswith((".local", ".internal", ".lan"))
    return any(address in net for net in _PRIVATE)
