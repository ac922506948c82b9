"""Send what is due: claim, check again, sign, send outside of any transaction, record.

Many lanes side by side, each endpoint with a bounded share of them: a slow case or a dead endpoint delays nobody else.
Claims and results are committed in batches, so that the database does not become the measure of the receivers. Any
number of processes may do this at once; a delivery belongs to one of them for as long as its lease lasts.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from services.registry.commands.claim_deliveries import Claimed, Lease, Outgoing, Room, claim
from services.registry.commands.delivery_span import begin_attempt, end_attempt
from services.registry.commands.record_attempts import TOO_LATE, Result, record
from services.registry.settings import RegistrySettings
from shared.auth.principal import Principal
from shared.http.outbound import AddressRefused, OutboundClient
from shared.protection.signatures import signed_headers
from shared.service import Runtime
from shared.telemetry.tracing import Span

LANES = 512
LANES_OF_AN_ENDPOINT = 64
SHARE_OF_WHAT_IS_FREE = 4
BEGIN_WITHIN_SECONDS = 5.0
POLL_SECONDS = 0.1
BREATH_SECONDS = 0.03
LARGEST_CLAIM, LARGEST_BATCH = 100, 200
SENDER = Principal.system("webhook-sender")


async def run(runtime: Runtime, stop: asyncio.Event) -> None:
    """Send until told to stop, then wait for what is under way."""
    client = OutboundClient(
        allow_loopback=runtime.settings.allow_loopback_webhooks, deadline_seconds=deadline_of(runtime)
    )
    sender = Sender(runtime, client)
    try:
        await sender.run(stop)
    finally:
        await client.close()


async def send_due(runtime: Runtime, client: OutboundClient) -> int:
    """One round, start to end; how many deliveries were taken up."""
    sender = Sender(runtime, client)
    claimed = await sender.claim()
    attempts = await asyncio.gather(*(sender.attempt(outgoing) for outgoing in claimed.outgoing))
    await sender.record(attempts)
    return claimed.count


def deadline_of(runtime: Runtime) -> float:
    """Seconds that one attempt may take in all."""
    return runtime.own_settings(RegistrySettings).delivery_deadline_seconds


@dataclass(frozen=True)
class Attempt:
    """What became of an attempt, and its span, which ends when that is committed."""

    result: Result
    span: Span


class Sender:
    """The lanes of one process."""

    def __init__(self, runtime: Runtime, client: OutboundClient) -> None:
        self._runtime = runtime
        self._client = client
        record_within = runtime.own_settings(RegistrySettings).delivery_record_seconds
        self._lease = Lease(BEGIN_WITHIN_SECONDS, deadline_of(runtime), record_within)
        self._busy: Counter[UUID] = Counter()
        self._under_way: set[asyncio.Task[None]] = set()
        self._ended: list[Attempt] = []
        self._came_back = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Claim and record in turns; attempts run beside them."""
        try:
            while not stop.is_set():
                await self._record_ended()
                claimed = await self.claim() if len(self._under_way) < LANES else Claimed([], 0, 0)
                for outgoing in claimed.outgoing:
                    self._start(outgoing)
                await self._pause(stop, BREATH_SECONDS if claimed.count or self._ended else POLL_SECONDS)
            await asyncio.gather(*self._under_way)
            await self._record_ended()
        finally:
            for task in self._under_way:
                task.cancel()

    async def claim(self) -> Claimed:
        """Take what is due, no more at once than can be begun at once; what a process that died had taken is due again
        when its leases have run out."""
        free = LANES - len(self._under_way)
        share = min(LANES_OF_AN_ENDPOINT, max(1, free // SHARE_OF_WHAT_IS_FREE))
        room = Room(most=min(free, LARGEST_CLAIM), share=share, busy=dict(self._busy))
        url = self._runtime.settings.public_url
        async with self._runtime.units.begin(actor=SENDER) as uow:
            claimed = await claim(room, self._lease, public_url=url, uow=uow)
        self._runtime.metrics.webhook_deliveries.labels(outcome="withheld").inc(claimed.withheld)
        return claimed

    async def attempt(self, outgoing: Outgoing) -> Attempt:
        """Sign and send once, in the trace of the fact that is told."""
        kind, number, parent = outgoing.payload_type, outgoing.attempt, outgoing.traceparent
        span = begin_attempt(self._runtime.tracing, kind, number=number, parent=parent)
        with span.at_work():
            result = await self._send(outgoing)
        return Attempt(replace(result, traceparent=span.traceparent), span)

    async def _send(self, outgoing: Outgoing) -> Result:
        """Not at all when this process slept so long that another may have taken over."""
        if self._runtime.clock.now() > outgoing.latest_start:
            return Result(outgoing, None, TOO_LATE, None, 0)
        at = int(self._runtime.clock.now().timestamp())
        headers = signed_headers(outgoing.keys, f"msg_{outgoing.delivery_id.hex}", at, outgoing.body)
        headers |= {"content-type": "application/json", "user-agent": "Wayhome-Webhooks/1"}
        started = time.perf_counter()
        status, error, wait, said = None, None, None, b""
        try:
            answered = await self._client.post(outgoing.url, content=outgoing.body, headers=headers)
            status, wait, said = answered.status, answered.retry_after_seconds, answered.body
        except AddressRefused:
            error = "address-refused"
        except TimeoutError:
            error = "timeout"
        except OSError as failure:
            error = type(failure).__name__
        except Exception as failure:  # a defect of ours: a failed attempt like any other, and somebody sees it
            error = type(failure).__name__
            self._runtime.log.error("webhook.attempt-failed", error_class=error, exc_info=failure)
        return Result(outgoing, status, error, wait, round((time.perf_counter() - started) * 1000), said)

    async def record(self, attempts: Sequence[Attempt]) -> None:
        """Commit what became of attempts; should a batch not go through, each for itself."""
        if not attempts:
            return
        try:
            async with self._runtime.units.begin(actor=SENDER) as uow:
                outcomes = await record([attempt.result for attempt in attempts], uow=uow)
        except DBAPIError:
            if len(attempts) == 1:
                raise
            for attempt in attempts:
                await self.record([attempt])
            return
        for attempt in attempts:
            result, outcome = attempt.result, outcomes[attempt.result.outgoing.delivery_id]
            end_attempt(attempt.span, status=result.status, error=result.error, outcome=outcome)
            self._runtime.metrics.webhook_deliveries.labels(outcome=outcome).inc()

    def _start(self, outgoing: Outgoing) -> None:
        self._busy[outgoing.endpoint_id] += 1
        task = asyncio.create_task(self._one_lane(outgoing))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _one_lane(self, outgoing: Outgoing) -> None:
        try:
            ended = await self.attempt(outgoing)
            self._ended.append(ended)  # not in one line: the list may be another one by the time of the answer
        finally:
            self._busy -= Counter({outgoing.endpoint_id: 1})
            self._came_back.set()

    async def _record_ended(self) -> None:
        while self._ended:
            batch, self._ended = self._ended[:LARGEST_BATCH], self._ended[LARGEST_BATCH:]
            await self.record(batch)

    async def _pause(self, stop: asyncio.Event, seconds: float) -> None:
        """A short breath collects a batch; a long one ends as soon as an answer is there."""
        self._came_back.clear()
        waits = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(self._came_back.wait())]
        try:
            async with asyncio.timeout(seconds):
                await asyncio.wait(waits[: 1 if seconds == BREATH_SECONDS else 2], return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            return
        finally:
            for wait in waits:
                wait.cancel()
