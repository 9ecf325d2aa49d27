"""What came of an attempt: one taxonomy for all APIs, and one behaviour for each of its classes."""

import orjson

from value_portrait.responses.apis.registry import api_of
from value_portrait.responses.providers import Provider
from value_portrait.responses.replies import Reply, Verdict, error_status, refused, shortened

# Data: kept, and never asked again.
TERMINAL = frozenset({"answered", "refusal", "content_filter", "empty", "truncated"})
# Asked again, a bounded number of times.
RETRIED = frozenset({"rate_limited", "overloaded", "server", "network", "timeout", "bad_body"})
# The model is stopped: nothing that is asked would be answered. With what to do about it.
FATAL = {
    "credit": "Add credit to the account, and run again.",
    "auth": "Correct the key in the environment, or the account's rights, and run again.",
    "bad_parameter": "Correct the parameters in providers.yaml or the model's row, and run again.",
    "model_gone": "Correct model_id (or base_url of the provider), and run again.",
}


def judge(reply: Reply, provider: Provider) -> Verdict:
    """The class of a reply, by its status, its body and nothing else."""
    if reply.failure is not None:
        return Verdict(reply.failure, reply.text)
    status = reply.status or 0
    try:
        body = orjson.loads(reply.text)
    except orjson.JSONDecodeError:
        body = None
    if status >= 300:
        return refused(status, body, reply.text)
    if not isinstance(body, dict):
        return Verdict("bad_body", f"no JSON object: {shortened(reply.text)}")
    if body.get("error") or body.get("type") == "error":
        return refused(error_status(body), body, reply.text)
    try:
        return api_of(provider.api).read_answer(body, provider.reasoning_fields)
    except (AttributeError, IndexError, KeyError, TypeError):
        return Verdict("bad_body", f"no answer in the reply: {shortened(reply.text)}")
