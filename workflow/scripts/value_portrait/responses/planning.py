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
from value_portrait.responses.tokens import PLAIN_TOKENS, REASONING_TOKENS, expected_tokens
from value_portrait.study.prompts import prompt_text
from value_portrait.tables import read_table


@dataclass(frozen=True)
class Estimate:
    """What a model under a condition still needs: requests, tokens, USD (None: unknown).

    Tokens and USD are those to expect, from as many answers as were ``seen`` (0: as assumed); ``most_usd`` is what it
    cannot exceed.
    """

    model: str
    condition: str
    requests: int
    answered: int
    tokens_in: int
    tokens_out: int
    usd: float | None
    priced_on: str | None
    most_usd: float | None = None
    seen: int = 0


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
    tokens = expected_tokens(target, store)
    tokens_in = round(tokens.asked * sum(planned.expected_tokens for planned in open_))
    tokens_out = round(tokens.answered * len(open_))
    most_in, most_out = sum(planned.most_tokens for planned in open_), target.parameters.max_tokens * len(open_)
    return Estimate(
        model=target.row.model,
        condition=condition,
        requests=len(wanted),
        answered=len(wanted) - len(open_),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        usd=target.usd(tokens_in, tokens_out),
        priced_on="free" if target.provider.free else target.row.priced_on,
        most_usd=target.usd(most_in, most_out),
        seen=tokens.seen,
    )


def add_estimates(kind: str, parts: Sequence[Estimate]) -> Estimate:
    """The estimates of a model's conditions of one kind as one, whose ``condition`` is the kind and their number."""
    names = ("requests", "answered", "tokens_in", "tokens_out")
    sums = {name: sum(getattr(part, name) for part in parts) for name in names}
    return replace(
        parts[0],
        condition=parts[0].condition if len(parts) == 1 else f"{kind} ({len(parts)})",
        usd=_sum([part.usd for part in parts]),
        most_usd=_sum([part.most_usd for part in parts]),
        **sums,
    )


def _sum(prices: Sequence[float | None]) -> float | None:
    """The sum, or None where a part is unknown."""
    known = [price for price in prices if price is not None]
    return sum(known) if len(known) == len(prices) else None


def estimate_lines(estimates: Iterable[Estimate], spent: float, max_usd: float) -> list[str]:
    """The estimates as a table for people, with where they come from and the cap below it."""
    estimates = list(estimates)
    if not estimates:
        return ["No model is live, so nothing would be asked. Those with 'live' in the column answers are."]
    header = ("model", "condition", "requests", "answered", "tokens in", "tokens out", "USD", "at most", "prices of")
    rows = [
        (
            one.model,
            one.condition,
            f"{one.requests:,}",
            f"{one.answered:,}",
            f"{one.tokens_in:,}",
            f"{one.tokens_out:,}",
            *("unknown" if usd is None else f"{usd:.2f}" for usd in (one.usd, one.most_usd)),
            one.priced_on or "unknown",
        )
        for one in estimates
    ]
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    seen = {one.model: one.seen for one in estimates if one.seen}
    return [
        *lines,
        "",
        *[f"Tokens of {model}: as in {number:,} of its answers." for model, number in seen.items()],
        *_assumption([one for one in estimates if one.model not in seen]),
        *_cap(estimates, spent, max_usd),
    ]


def _assumption(estimates: Sequence[Estimate]) -> list[str]:
    """What was assumed of models that have not answered yet."""
    names = ", ".join(dict.fromkeys(one.model for one in estimates))
    said = f"one for four characters of a question, {PLAIN_TOKENS} for an answer, {REASONING_TOKENS} with reasoning"
    return [f"Tokens of {names}: assumed ({said}); the preflight tells more."] if names else []


def _cap(estimates: Sequence[Estimate], spent: float, max_usd: float) -> list[str]:
    """What all of it costs, beside what may be spent."""
    unknown = sum(one.usd is None for one in estimates)
    total, most = (sum(getattr(one, name) or 0.0 for one in estimates) for name in ("usd", "most_usd"))
    known = f"{total:.2f} USD, at most {most:.2f}" + (f", and {unknown} unknown price(s)" if unknown else "")
    lines = [f"To ask: about {known}. Spent or reserved: {spent:.2f} USD of max_usd {max_usd:.2f}."]
    left = max(0.0, max_usd - spent)
    if unknown:
        lines.append("Without a price a model is not asked: enter usd_in, usd_out and priced_on.")
    if total > left:
        lines.append(
            f"max_usd leaves {left:.2f} USD: the run would stop there, and keep what it has. Raise responses.max_usd."
        )
    elif most > left:
        lines.append(f"max_usd leaves {left:.2f} USD, which should do; long answers could need more.")
    return lines
