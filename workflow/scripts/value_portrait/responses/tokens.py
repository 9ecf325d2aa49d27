"""How many tokens questions and answers take: as the store has seen them, or else as assumed."""

import itertools
from dataclasses import dataclass
from pathlib import Path

from value_portrait.responses.outcomes import TERMINAL
from value_portrait.responses.providers import Target
from value_portrait.responses.requests import canonical
from value_portrait.responses.store import Record, read_records, store_file

# Of an answer where none was seen: an option with what some models say around it, and thinking it over first.
PLAIN_TOKENS, REASONING_TOKENS = 20, 500
_MOST_READ = 2000


@dataclass(frozen=True)
class Tokens:
    """Tokens of a question, as a share of one for four characters, and of an answer; ``seen`` in so many answers."""

    asked: float
    answered: float
    seen: int


def expected_tokens(target: Target, store: str | Path) -> Tokens:
    """What a model's first answers took, under whatever condition, that to its preflight among them.

    Answers of another model or provider, which had the row's name before, say nothing of this one.
    """
    limit = target.parameters.max_tokens
    folder = store_file(store, target.row.model, "any").parent
    records = itertools.chain.from_iterable(map(read_records, sorted(folder.glob("*.jsonl"))))
    seen = list(itertools.islice((one for one in records if _counted(one) and _is_of(one, target)), _MOST_READ))
    if not seen:
        thinks = target.row.reasoning == "yes"
        return Tokens(1.0, min(REASONING_TOKENS if thinks else PLAIN_TOKENS, limit), 0)
    # A preflight's question is much shorter than the others, and what a server adds to it a larger share.
    own = [record for record in seen if record.get("item_id") != "preflight"]
    asked = sum(record["tokens_in"] or 0 for record in own) / sum(map(_guessed, own)) if own else 1.0
    return Tokens(asked, min(sum(record["tokens_out"] or 0 for record in seen) / len(seen), limit), len(seen))


def _counted(record: Record) -> bool:
    counts = (record.get("tokens_in"), record.get("tokens_out"))
    return (
        record["outcome"] in TERMINAL
        and isinstance(record.get("request"), dict)
        and all(isinstance(own, int) for own in counts)
    )


def _is_of(record: Record, target: Target) -> bool:
    return (record.get("identity"), record["request"].get("model")) == (target.provider.known_as, target.row.model_id)


def _guessed(record: Record) -> int:
    return max(1, len(canonical(record["request"])) // 4)
