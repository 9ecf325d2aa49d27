"""Which APIs there are, by the name that ``api`` has in ``providers.yaml``."""

from value_portrait.errors import InputError
from value_portrait.responses.apis.anthropic import Anthropic
from value_portrait.responses.apis.api import Api
from value_portrait.responses.apis.openai import OpenAI

APIS: dict[str, Api] = {"openai": OpenAI(), "anthropic": Anthropic()}


def api_of(name: str) -> Api:
    """The API of this name.

    Raises
    ------
    InputError : there is none.
    """
    if name not in APIS:
        raise InputError(f"api '{name}'", "is not known.", f"Use one of {', '.join(APIS)}.")
    return APIS[name]
