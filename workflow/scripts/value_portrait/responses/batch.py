"""Runs a plan through a provider's batch API: half the price, within a day, and never submitted twice."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Sequence

from value_portrait.errors import InputError
from value_portrait.responses.apis.api import Batch
from value_portrait.responses.apis.registry import api_of
from value_portrait.responses.batch_calls import BatchCalls
from value_portrait.responses.budget import Budget
from value_portrait.responses.client import Client
from value_portrait.responses.engine import Summary, attempt_record, fatal, most_usd, over_budget
from value_portrait.responses.journal import Intent, new_intent, note_closed, note_submitted, open_intents
from value_portrait.responses.outcomes import FATAL, TERMINAL, judge
from value_portrait.responses.progress import Progress
from value_portrait.responses.providers import Target
from value_portrait.responses.requests import Planned
from value_portrait.responses.store import Store

MOST_ROUNDS = 5
MOST_REQUESTS = 10_000  # of one batch; both APIs take more, but not more bytes
POLL_S = 20.0
_CLOCKS_DIFFER_S = 900
SETTLING_S = 10.0  # until a batch whose creation was interrupted shows in a listing


def ask_batches(
    target: Target, condition: str, plan: Sequence[Planned], store: Store, budget: Budget, progress: Progress
) -> Summary:
    """Collect the batches that are under way, then submit what is missing; lines that failed are submitted again."""
    wanted = {planned.key: planned for planned in plan}
    answered = len(store.done & wanted.keys())
    summary = Summary(len(wanted), answered, usd=store.usd)
    if summary.missing or open_intents(store.path):
        asyncio.run(_Run(target, condition, wanted, store, budget, progress, summary).run())
    return summary


class _Run:
    def __init__(
        self,
        target: Target,
        condition: str,
        wanted: dict[str, Planned],
        store: Store,
        budget: Budget,
        progress: Progress,
        summary: Summary,
    ) -> None:
        self.target, self.condition, self.wanted = target, condition, wanted
        self.store, self.budget, self.progress, self.summary = store, budget, progress, summary
        # Of a batch that an earlier version of the pipeline submitted.
        self.former = {planned.former: planned for planned in wanted.values()}
        self.api = api_of(target.provider.api)

    async def run(self) -> None:
        main = asyncio.current_task()
        assert main is not None
        for number in (signal.SIGINT, signal.SIGTERM):
            # A thread cannot handle signals.
            with contextlib.suppress(RuntimeError):
                asyncio.get_running_loop().add_signal_handler(number, main.cancel)
        self.progress.start(self.summary, self.store.usd)
        try:
            async with Client(self.target.provider) as client:
                self.calls = BatchCalls(client)
                await self._ask()
        except InputError as problem:
            self.summary.stopped = problem
        except asyncio.CancelledError:
            # The journal knows what is under way.
            self.summary.interrupted = True
        self.summary.usd = self.store.usd
        self.progress.finish(self.summary, self.store.usd)

    async def _ask(self) -> None:
        for intent in open_intents(self.store.path):
            self.budget.hold(intent.usd)
            batch = await self._found(intent)
            if batch is None:
                self._close(intent)
            else:
                await self._collect(intent, batch)
        for _ in range(MOST_ROUNDS):
            todo = [planned for key, planned in self.wanted.items() if key not in self.store.done]
            while todo:
                part, todo = todo[:MOST_REQUESTS], todo[MOST_REQUESTS:]
                await self._submit(part)

    async def _submit(self, todo: Sequence[Planned]) -> None:
        part, usd = [], 0.0
        for planned in todo:
            if not self.budget.reserve(most_usd(self.target, planned)):
                break
            part.append(planned)
            usd += most_usd(self.target, planned)
        if not part:
            raise over_budget(self.budget.max_usd)
        intent = new_intent(self.store.path, [planned.key for planned in part], usd, time.time())
        bodies = {name: self.wanted[key].body for name, key in intent.keys.items()}
        try:
            batch = await self.api.create_batch(self.calls, intent.id, bodies)
        except InputError:
            self._close(intent)
            raise
        # A batch whose listing fails may yet be there: its intent stays open.
        batch = batch or await self._found(intent)
        if batch is None:
            self._close(intent)
            return
        await self._collect(intent, batch)
        if len(part) < len(todo):
            raise over_budget(self.budget.max_usd)

    async def _found(self, intent: Intent) -> Batch | None:
        """The batch of an intent; where its creation was interrupted, by listing."""
        if intent.batch is not None:
            return await self.api.get_batch(self.calls, intent.batch)
        await asyncio.sleep(max(0.0, intent.time + SETTLING_S - time.time()))
        since = intent.time - _CLOCKS_DIFFER_S
        return await self.api.find_batch(self.calls, intent.id, list(intent.keys), since)

    async def _collect(self, intent: Intent, batch: Batch) -> None:
        if intent.batch is None:
            note_submitted(self.store.path, intent, batch.id)
        while not batch.ended:
            await asyncio.sleep(POLL_S)
            batch = await self.api.get_batch(self.calls, batch.id)
            self.progress.show(self.summary, self.store.usd)
        if batch.failure:
            self._close(intent)
            raise InputError(
                f"batch {batch.id} of {self.target.row.model}",
                f"failed ({batch.failure}).",
                "Correct that, and run again.",
            )
        appended, refused = [], None
        async for name, reply in self.api.batch_results(self.calls, batch):
            key = intent.keys.get(name)
            planned = self.wanted.get(key or "") or self.former.get(key or "")
            if planned is None or planned.key in self.store.done:
                continue
            verdict = judge(reply, self.target.provider)
            record = attempt_record(self.target, self.condition, planned, reply, verdict, 1, batch.id)
            appended.append(self.store.append(record))
            self.summary.outcomes[verdict.outcome] += 1
            self.summary.answered += verdict.outcome in TERMINAL
            refused = verdict if verdict.outcome in FATAL else refused
        await asyncio.gather(*appended)
        self._close(intent)
        if refused:
            raise fatal(self.target, refused)

    def _close(self, intent: Intent) -> None:
        note_closed(self.store.path, intent)
        self.budget.settle(intent.usd)
