"""Certify a webhook endpoint: fire deliveries that a good receiver accepts or refuses, score its answers, keep them.

An endpoint goes live with the first run it passes. The run is done by the worker, outside of any transaction, as real
deliveries are; a process that dies leaves its run to the next one.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registry.commands.manage_endpoint import EndpointDisabled, own_endpoint
from services.registry.domain.certification import CHECKS, Answer, Sending, numbered, payload, scored
from services.registry.persistence.certification_tables import CertificationRow
from services.registry.persistence.certifications import claim_run
from services.registry.persistence.disclosure_tables import WebhookEndpointRow
from services.registry.persistence.rows import get_row
from services.registry.persistence.signing_keys import Key, open_keys
from services.registry.settings import RegistrySettings
from shared.auth.principal import Principal
from shared.database.tables import touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.events.envelope import instant
from shared.http.outbound import AddressRefused, OutboundClient
from shared.ids import new_id
from shared.protection.signatures import SigningKey, signed_headers
from shared.service import Runtime

CERTIFIER = Principal.system("certifier")
POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Run:
    """What is tried: where, and with which keys."""

    id: UUID
    url: str
    keys: Sequence[Key]


async def request(endpoint_id: UUID, *, uow: UnitOfWork) -> CertificationRow:
    """Queue a run; a second one beside it is refused by the database. Raises NotFound, EndpointDisabled."""
    endpoint = await own_endpoint(uow, endpoint_id, lock=True)
    if endpoint.status == "disabled":
        raise EndpointDisabled
    row = CertificationRow(endpoint_id=endpoint.id, created_at=uow.now, updated_at=uow.now)
    uow.session.add(row)
    uow.record("certification.requested", subject=endpoint.id)
    return row


async def own_run(uow: UnitOfWork, run_id: UUID) -> CertificationRow:
    """A run of an endpoint that the caller speaks for. Raises NotFound."""
    row = await get_row(uow, CertificationRow, run_id)
    await own_endpoint(uow, row.endpoint_id)
    return row


async def run(runtime: Runtime, stop: asyncio.Event) -> None:
    """Do what is queued until told to stop."""
    client = OutboundClient(
        allow_loopback=runtime.settings.allow_loopback_webhooks,
        deadline_seconds=runtime.own_settings(RegistrySettings).delivery_deadline_seconds,
    )
    try:
        while not stop.is_set():
            if not await run_next(runtime, client):
                try:
                    await asyncio.wait_for(stop.wait(), POLL_SECONDS)
                except TimeoutError:
                    continue
    finally:
        await client.close()


async def run_next(runtime: Runtime, client: OutboundClient) -> bool:
    """One run, if one waits; in another order every time."""
    async with runtime.units.begin(actor=CERTIFIER) as uow:
        run_id = await claim_run(uow)
        found = await _prepared(uow, run_id) if run_id else None
    if found is None:
        return False
    answers: dict[str, list[Answer]] = {}
    for check in numbered(random.SystemRandom().sample(CHECKS, len(CHECKS))):
        names: dict[int, str] = {}
        answers[check.name] = [await _fire(runtime, client, found, sending, names) for sending in check.sendings]
    async with runtime.units.begin(actor=CERTIFIER) as uow:
        await finish(found, answers, uow=uow)
    return True


async def _prepared(uow: UnitOfWork, run_id: UUID) -> Run:
    row = await get_row(uow, CertificationRow, run_id)
    endpoint = await get_row(uow, WebhookEndpointRow, row.endpoint_id)
    return Run(row.id, endpoint.url, (await open_keys(uow, [endpoint]))[endpoint.id])


async def _fire(
    runtime: Runtime, client: OutboundClient, found: Run, sending: Sending, names: dict[int, str]
) -> Answer:
    now = runtime.clock.now()
    body = json.dumps(payload(sending, at=instant(now))).encode()
    name = names.setdefault(sending.number, f"msg_test_{new_id().hex}")
    at = int(now.timestamp()) + sending.offset_seconds
    signed = body + b" " if sending.signing == "altered_body" else body
    headers = signed_headers(_signers(sending, found.keys), name, at, signed)
    if sending.signing == "none":
        del headers["webhook-signature"]
    headers |= {"content-type": "application/json", "user-agent": "Wayhome-Webhooks/1"}
    return await _answer(client, found.url, body, headers)


def _signers(sending: Sending, keys: Sequence[Key]) -> list[Key]:
    if sending.signing == "stranger":
        return [SigningKey.generate()]
    return [SigningKey.generate(), *keys] if sending.signing == "unknown_key_first" else list(keys)


async def _answer(client: OutboundClient, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    started = time.perf_counter()
    status, error = None, None
    try:
        status = (await client.post(url, content=body, headers=headers)).status
    except AddressRefused:
        error = "address-refused"
    except TimeoutError:
        error = "timeout"
    except (OSError, ValueError) as failure:
        error = type(failure).__name__
    return Answer(status, error, round((time.perf_counter() - started) * 1000))


async def finish(found: Run, answers: dict[str, list[Answer]], *, uow: UnitOfWork) -> None:
    """Keep the score; an endpoint that was waiting goes live when everything was right, at the address that was tried:
    one that was entered meanwhile has not shown anything."""
    row = await get_row(uow, CertificationRow, found.id, lock=True)
    if row.status != "running":
        return  # another process was faster
    row.results = scored(answers)
    passed = all(result["passed"] for result in row.results)
    row.status, row.finished_at, row.claimed_until = "passed" if passed else "failed", uow.now, None
    touch(row, now=uow.now)
    endpoint = await get_row(uow, WebhookEndpointRow, row.endpoint_id, lock=True)
    if passed and endpoint.status == "testing" and endpoint.url == found.url:
        endpoint.status = "active"
        touch(endpoint, now=uow.now)
    uow.record(f"certification.{row.status}", subject=endpoint.id, right=sum(it["passed"] for it in row.results))
    for role in ("partner_agency", "reintegration_partner"):
        uow.notify(f"certification.{row.status}", role=role, scope=str(endpoint.owner_id), subject=endpoint.id)


async def run_of(uow: UnitOfWork, endpoint_id: UUID, run_id: UUID) -> CertificationRow:
    """One run of one endpoint. Raises NotFound."""
    row = await own_run(uow, run_id)
    if row.endpoint_id != endpoint_id:
        raise NotFound
    return row
