"""One job of the live path: a model under a condition, from its plan to a full file of the store."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from value_portrait.errors import InputError
from value_portrait.responses.batch import ask_batches
from value_portrait.responses.budget import Budget
from value_portrait.responses.engine import Summary, ask
from value_portrait.responses.progress import Progress
from value_portrait.responses.providers import Target
from value_portrait.responses.requests import Planned
from value_portrait.responses.store import Store, answers_of, store_file


@dataclass(frozen=True)
class Asking:
    """Who is asked under which condition, where answers are kept, and what all of them together may cost."""

    target: Target
    condition: str
    store: str | Path
    max_usd: float


def query(asking: Asking, plan: Sequence[Planned], progress: Progress) -> dict[str, Any]:
    """Ask what is missing, in batches or one by one as the model's row says, and count the outcomes.

    Raises
    ------
    InputError : answers are still missing; says why and how to go on.
    """
    target, condition = asking.target, asking.condition
    path = store_file(asking.store, target.row.model, condition)
    with Store(path) as store:
        budget = Budget(asking.store, asking.max_usd, store)
        try:
            summary = (ask_batches if target.batched else ask)(target, condition, plan, store, budget, progress)
        finally:
            budget.close()
    if summary.missing:
        raise _incomplete(target, condition, summary)
    answers = answers_of(path, plan).values()
    return {
        "model": target.row.model,
        "condition": condition,
        "requests": summary.planned,
        "outcomes": dict(sorted(Counter(record["outcome"] for record in answers).items())),
        "served_models": sorted({record["served_model"] or "unknown" for record in answers}),
        "upstreams": sorted({record["upstream"] for record in answers if record["upstream"]}),
        "usd": round(sum(record["usd"] or 0.0 for record in answers), 6),
    }


def _incomplete(target: Target, condition: str, summary: Summary) -> InputError:
    where = f"model {target.row.model}, condition {condition}"
    have = f"{summary.answered} of {summary.planned} answers are kept"
    if summary.stopped:
        return InputError(where, f"{have}.", str(summary.stopped))
    if summary.interrupted:
        return InputError(where, f"was interrupted; {have}.", "Run again: only what is missing is asked.")
    return InputError(
        where,
        f"{summary.missing} request(s) failed again and again; {have}.",
        "Run again: only what is missing is asked.",
    )
