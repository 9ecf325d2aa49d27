"""Why a run ends before everything is answered, in words for people."""

from value_portrait.errors import InputError
from value_portrait.responses.outcomes import FATAL
from value_portrait.responses.pacing import Pacer
from value_portrait.responses.providers import Target
from value_portrait.responses.replies import Verdict


def over_budget(max_usd: float) -> InputError:
    """When the cap is reached."""
    return InputError(
        "max_usd",
        f"of {max_usd:g} USD over the whole store is reached; every answer so far is kept.",
        "Raise responses.max_usd in the config, and run again: only what is missing is asked.",
    )


def fatal(target: Target, verdict: Verdict) -> InputError:
    """When nothing that is asked would be answered."""
    return InputError(
        f"model {target.row.model} at {target.provider.name}",
        f"cannot be asked ({verdict.outcome}, {verdict.message}).",
        FATAL[verdict.outcome],
    )


def pointless(target: Target, pacer: Pacer, verdict: Verdict) -> InputError:
    """When the provider fails or refuses for too long."""
    provider = target.provider
    where = f"provider {provider.name} ({provider.base_url})"
    again = "run again: only what is missing is asked."
    if not pacer.reached:
        return InputError(
            where,
            f"cannot be reached ({verdict.message}).",
            f"Is the server up, and its port right? Start it, or correct base_url in providers.yaml, and {again}",
        )
    if pacer.refuses_all:
        return InputError(
            where,
            f"has refused everything for a long time ({verdict.message}); every answer so far is kept.",
            f"{limit_remedy(target, pacer.per_minute)} Where a day's quota is used up, wait for it. Then {again}",
        )
    return InputError(
        where,
        f"keeps failing ({verdict.outcome}, {verdict.message}); every answer so far is kept.",
        f"Check the server and the network, and {again}",
    )


def limit_remedy(target: Target, per_minute: float | None) -> str:
    """What to set where a limit was met; ``per_minute`` is what refusals told of it."""
    found = f"; about {float(f'{per_minute:.3g}'):,.10g} seem to pass" if per_minute else ""
    return f"Set requests_per_minute of {target.provider.name} in providers.yaml to your account's limit{found}."
