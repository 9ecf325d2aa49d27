"""What a run would ask, and what that would cost, before anything is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from value_portrait.instrument import Instrument
from value_portrait.responses.conditions import Message
from value_portrait.responses.providers import Target
from value_portrait.responses.requests import Finding, Planned, plan_requests, user_turn
from value_portrait.responses.store import store_file, terminal_records
from value_portrait.study.prompts import prompt_text
from value_portrait.tables import read_table

# Tokens of a plain answer ("very much like me"); a reasoning model may use up its limit.
_PLAIN_ANSWER_TOKENS = 6


@dataclass(frozen=True)
class Estimate:
    """What a model under a condition still needs: requests, tokens (four characters each), USD (None: unknown)."""

    model: str
    condition: str
    requests: int
    answered: int
    tokens_in: int
    tokens_out: int
    usd: float | None
    priced_on: str | None


@dataclass(frozen=True)
class Questions:
    """What is asked, whoever answers: rows of ``items``, and those of ``prompts`` that are chosen."""

    items: list[dict[str, Any]]
    prompts: list[dict[str, Any]]

    def plan(self, target: Target, finding: Finding, message: Message | None) -> list[Planned]:
        """Every question of a model under a condition; ``message`` is what the condition tells the model."""
        return plan_requests(target, self.items, self.prompts, finding, message)

    def turns(self, message: Message | None) -> dict[tuple[str, str], str]:
        """The user's turn by prompt version and item, as the plan has it."""
        templates = {(row["prompt_version"], row["template"]): row["text"] for row in self.prompts}
        return {
            (version, item["item_id"]): user_turn(prompt_text(templates[version, item["template"]], item), message)
            for version in dict.fromkeys(version for version, _ in templates)
            for item in self.items
        }


def read_questions(
    items: str | Path, prompts: str | Path, versions: Sequence[str], instrument: Instrument
) -> Questions:
    """The questions of some prompt versions, in their order, from files with the tables ``items`` and ``prompts``."""
    rows = read_table(prompts, "prompts", instrument).to_pylist()
    chosen = [row for version in versions for row in rows if row["prompt_version"] == version]
    return Questions(read_table(items, "items", instrument).to_pylist(), chosen)


def estimate(target: Target, condition: str, plan: Sequence[Planned], store: str | Path) -> Estimate:
    """The estimate of a plan, less what the store already holds."""
    wanted = {planned.key: planned for planned in plan}
    answered = terminal_records(store_file(store, target.row.model, condition)).keys()
    open_ = [planned for key, planned in wanted.items() if key not in answered]
    thinks = target.row.reasoning == "yes"
    per_answer = target.parameters.max_tokens if thinks else min(_PLAIN_ANSWER_TOKENS, target.parameters.max_tokens)
    tokens_in, tokens_out = sum(planned.expected_tokens for planned in open_), per_answer * len(open_)
    return Estimate(
        model=target.row.model,
        condition=condition,
        requests=len(wanted),
        answered=len(wanted) - len(open_),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        usd=target.usd(tokens_in, tokens_out),
        priced_on="free" if target.provider.free else target.row.priced_on,
    )


def add_estimates(kind: str, parts: Sequence[Estimate]) -> Estimate:
    """The estimates of a model's conditions of one kind as one, whose ``condition`` is the kind and their number."""
    prices = [part.usd for part in parts if part.usd is not None]
    sums = {
        name: sum(getattr(part, name) for part in parts) for name in ("requests", "answered", "tokens_in", "tokens_out")
    }
    return replace(
        parts[0],
        condition=parts[0].condition if len(parts) == 1 else f"{kind} ({len(parts)})",
        usd=sum(prices) if len(prices) == len(parts) else None,
        **sums,
    )


def estimate_lines(estimates: Iterable[Estimate], spent: float, max_usd: float) -> list[str]:
    """The estimates as a table for people, with the cap below it."""
    estimates = list(estimates)
    header = ("model", "condition", "requests", "answered", "tokens in", "tokens out", "USD", "prices of")
    rows = [
        (
            one.model,
            one.condition,
            f"{one.requests:,}",
            f"{one.answered:,}",
            f"{one.tokens_in:,}",
            f"{one.tokens_out:,}",
            "unknown" if one.usd is None else f"{one.usd:.2f}",
            one.priced_on or "unknown",
        )
        for one in estimates
    ]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    unknown = sum(one.usd is None for one in estimates)
    total = sum(one.usd or 0.0 for one in estimates)
    known = f"{total:.2f} USD" + (f" and {unknown} unknown price(s)" if unknown else "")
    return [
        *lines,
        "",
        f"To ask: about {known}. Spent or reserved: {spent:.2f} USD of max_usd {max_usd:.2f}.",
    ]
