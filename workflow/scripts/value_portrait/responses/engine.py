"""Runs a plan: asks what is not answered yet, keeps every attempt, and stops cleanly."""

import asyncio
import contextlib
import random
import signal
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

from value_portrait.errors import InputError
from value_portrait.responses.budget import Budget
from value_portrait.responses.client import Client
from value_portrait.responses.outcomes import FATAL, RETRIED, TERMINAL, judge
from value_portrait.responses.pacing import Pacer, Stopped, Ticket
from value_portrait.responses.progress import Progress
from value_portrait.responses.providers import Target
from value_portrait.responses.reasons import fatal, over_budget, pointless
from value_portrait.responses.replies import Reply, Verdict
from value_portrait.responses.requests import Planned
from value_portrait.responses.store import Record, Store

# What fails so often is set aside, and asked again when all else is answered; a refusal (429) is no failure.
MOST_FAILURES = (8, 4)


@dataclass
class Summary:
    """What a run did.

    Planned requests, those answered (before or now), attempts by outcome, USD, requests per minute as refusals tell
    them (None where there were none), and why it ended.
    """

    planned: int
    answered: int
    outcomes: Counter[str] = field(default_factory=Counter)
    usd: float = 0.0
    per_minute: float | None = None
    stopped: InputError | None = None
    interrupted: bool = False

    @property
    def missing(self) -> int:
        """Requests without an answer."""
        return self.planned - self.answered


def attempt_record(
    target: Target,
    condition: str,
    planned: Planned,
    reply: Reply,
    verdict: Verdict,
    attempt: int,
    batch: str | None = None,
) -> Record:
    """One line of the store. Times are UTC, latency in seconds, cost in USD."""
    usd = verdict.usd
    if usd is None and verdict.outcome in TERMINAL:
        usd = _cost(target, planned, verdict)
    return {
        "key": planned.key,
        "identity": target.provider.known_as,
        "checkpoint": target.parameters.checkpoint,
        "model": target.row.model,
        "condition": condition,
        "item_id": planned.item_id,
        "prompt_version": planned.prompt_version,
        "repeat": planned.repeat,
        "provider": target.provider.name,
        "base_url": target.provider.base_url,
        "api_version": target.provider.api_version,
        "attempt": attempt,
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "latency_s": round(reply.latency_s, 4),
        "outcome": verdict.outcome,
        "message": verdict.message,
        "answer": verdict.answer,
        "reasoning": verdict.reasoning,
        "finish_reason": verdict.finish_reason,
        "served_model": verdict.served_model,
        "fingerprint": verdict.fingerprint,
        "upstream": verdict.upstream,
        "tokens_in": verdict.tokens_in,
        "tokens_out": verdict.tokens_out,
        "tokens_reasoning": verdict.tokens_reasoning,
        "usd": usd,
        "status": reply.status,
        "request_id": reply.headers.get("x-request-id") or reply.headers.get("request-id"),
        "headers": dict(reply.headers),
        "batch": batch,
        "request": orjson.Fragment(planned.body),
        "response": reply.text,
    }


def most_usd(target: Target, planned: Planned) -> float:
    """The most that a request can cost.

    Raises
    ------
    InputError : its price is unknown.
    """
    usd = target.usd(planned.most_tokens, target.parameters.max_tokens)
    if usd is None:
        raise InputError(
            f"model {target.row.model}",
            "has no price, so max_usd cannot be kept.",
            "Enter usd_in, usd_out and priced_on in its row (0 where it is free).",
        )
    return usd


def ask(
    target: Target,
    condition: str,
    plan: Sequence[Planned],
    store: Store,
    budget: Budget,
    progress: Progress,
    patient: bool = True,
) -> Summary:
    """Ask whatever of the plan has no terminal record; ends early on a signal, an empty budget or a fatal error.

    Where ``patient``, a server that does not answer is waited for, since it may be starting again.
    """
    wanted = {planned.key: planned for planned in plan}
    todo = [planned for key, planned in wanted.items() if key not in store.done]
    summary = Summary(len(wanted), len(wanted) - len(todo), usd=store.usd)
    if todo:
        most_usd(target, todo[0])
        asyncio.run(_Run(target, condition, store, budget, progress, summary, patient).run(todo))
    return summary


class _Run:
    def __init__(
        self,
        target: Target,
        condition: str,
        store: Store,
        budget: Budget,
        progress: Progress,
        summary: Summary,
        patient: bool,
    ) -> None:
        self.target, self.condition, self.store, self.budget = target, condition, store, budget
        self.progress, self.summary, self.patient = progress, summary, patient

    async def run(self, todo: Sequence[Planned]) -> None:
        provider = self.target.provider
        self.sending = 0
        self.attempts: Counter[str] = Counter()
        self.stop = asyncio.Event()
        # No seed: the jitter of two processes must differ, and no answer depends on it.
        rng = random.Random()
        self.progress.start(self.summary, self.store.usd)
        async with Client(provider) as self.client:
            self.pacer = Pacer(provider.requests_per_minute, provider.tokens_per_minute, self.stop, rng, self.patient)
            for number in (signal.SIGINT, signal.SIGTERM):
                # A thread cannot handle signals.
                with contextlib.suppress(RuntimeError):
                    asyncio.get_running_loop().add_signal_handler(number, self._interrupt)
            ticker = asyncio.create_task(self._tick())
            ended: list[BaseException | None] = []
            try:
                for most_failures in MOST_FAILURES:
                    self.queue, self.aside = deque(todo), list[Planned]()
                    self.workers = asyncio.gather(
                        *(self._work(most_failures) for _ in range(min(provider.max_in_flight, len(todo)))),
                        return_exceptions=True,
                    )
                    ended += await self.workers
                    todo = self.aside
                    if self.stop.is_set():
                        break
            except asyncio.CancelledError:
                # Asked twice to end: what is in flight is given up.
                pass
            finally:
                ticker.cancel()
        self.summary.usd = self.store.usd
        self.summary.per_minute = self.pacer.per_minute
        self.progress.finish(self.summary, self.store.usd)
        for fault in ended:
            if fault is not None:
                raise fault

    async def _work(self, most_failures: int) -> None:
        try:
            while self.queue and not self.stop.is_set():
                await self._ask(self.queue.popleft(), most_failures)
        except Stopped:
            return
        except Exception:
            # A fault of ours: the others keep what they have in flight, and end.
            self.stop.set()
            raise

    async def _ask(self, planned: Planned, most_failures: int) -> None:
        usd = most_usd(self.target, planned)
        failures = refusals = 0
        while failures < most_failures:
            ticket = await self.pacer.ticket(planned.expected_tokens + self.target.parameters.max_tokens)
            if not self.budget.reserve(usd):
                self.pacer.unused(ticket)
                self.queue.appendleft(planned)
                if not self.sending:
                    self._end(over_budget(self.budget.max_usd))
                # What is in flight may cost less than it was reserved for, and whoever asked it goes on.
                raise Stopped
            self.sending += 1
            try:
                verdict = await self._attempt(planned, ticket)
            except InputError as problem:
                self._end(problem)
                return
            finally:
                self.sending -= 1
                self.budget.settle(usd)
            if verdict.outcome in TERMINAL:
                return
            if verdict.outcome in FATAL:
                self._end(fatal(self.target, verdict))
                return
            if self.pacer.gave_up:
                self._end(pointless(self.target, self.pacer, verdict))
                return
            if verdict.outcome != "rate_limited":
                failures += 1
                await self.pacer.sleep(self.pacer.backoff(failures))
            elif self.pacer.limit.in_vain:
                refusals += 1
                await self.pacer.sleep(self.pacer.backoff(refusals))
        self.aside.append(planned)

    async def _attempt(self, planned: Planned, ticket: Ticket) -> Verdict:
        self.attempts[planned.key] += 1
        attempt = self.attempts[planned.key]
        reply = await self.client.ask(planned.body)
        verdict = judge(reply, self.target.provider)
        if verdict.outcome == "rate_limited":
            self.pacer.refused(ticket, reply)
        elif verdict.outcome in RETRIED:
            self.pacer.failed(ticket, reply)
        else:
            self.pacer.succeeded(ticket, reply)
        await self.store.append(attempt_record(self.target, self.condition, planned, reply, verdict, attempt))
        self.summary.outcomes[verdict.outcome] += 1
        self.summary.answered += verdict.outcome in TERMINAL
        return verdict

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self.progress.every_s)
            self.progress.show(self.summary, self.store.usd)

    def _end(self, reason: InputError) -> None:
        self.summary.stopped = self.summary.stopped or reason
        self.stop.set()

    def _interrupt(self) -> None:
        if self.summary.interrupted:
            self.workers.cancel()
        self.summary.interrupted = True
        self.stop.set()


def _cost(target: Target, planned: Planned, verdict: Verdict) -> float | None:
    """What a reply cost, by its own counts; without them the most that it can have cost."""
    if verdict.tokens_in is None or verdict.tokens_out is None:
        return target.usd(planned.most_tokens, target.parameters.max_tokens)
    return target.usd(verdict.tokens_in, verdict.tokens_out)
