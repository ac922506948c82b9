"""A POST that is sent twice has one effect: the key is claimed inside the command's own transaction (ADR 0002).

No bodies are stored, since they hold names: a replay gets the stored status, Location and ETag, and the body is
rendered again
from the current row. Only successes are stored. Kept for seven days.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from shared.errors import Conflict, Invalid, Malformed
from shared.problems import sqlstate_of

KEY_FORM = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
KEPT_DAYS = 7


class IdempotencyKeyMissing(Malformed):
    """Every POST carries an Idempotency-Key, so that retrying is always safe."""

    slug = "idempotency-key-missing"
    title = "Send an Idempotency-Key header of 1 to 128 letters, digits and _ . : -"


class IdempotencyKeyReused(Invalid):
    """The same key came with another request."""

    slug = "idempotency-key-reused"
    title = "This Idempotency-Key was used for another request"


class RequestInProgress(Conflict):
    """The twin of this request is being processed right now."""

    slug = "request-in-progress"
    title = "The same request is being processed right now"
    retry_after_seconds = 1


@dataclass(frozen=True)
class Claim:
    """One request's claim on its key."""

    principal: str
    route: str
    key: str
    request_hash: bytes


@dataclass(frozen=True)
class Stored:
    """What the first request was told."""

    status: int
    resource_id: UUID | None
    location: str | None
    etag: str | None


def read_key(value: str | None) -> str:
    """The header's key; raises IdempotencyKeyMissing when absent or out of form."""
    if value is None or not KEY_FORM.fullmatch(value):
        raise IdempotencyKeyMissing
    return value


def request_hash(secret: bytes, *parts: bytes) -> bytes:
    """A keyed hash of a request: equal requests can be recognised, contents cannot be guessed from it."""
    digest = hmac.new(hashlib.sha256(b"wayhome request hash" + secret).digest(), digestmod=hashlib.sha256)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


CLAIM = (
    "INSERT INTO idempotency (principal, route, key, request_hash) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT DO NOTHING RETURNING 1"
)
LOOK = (
    "SELECT request_hash, status, resource_id, location, etag FROM idempotency "
    "WHERE principal = $1 AND route = $2 AND key = $3"
)


async def claim_key(connection: AsyncConnection, claim: Claim) -> Stored | None:
    """Claim the key for this transaction; the stored answer if the request was already served.

    Raises RequestInProgress for a concurrent twin and IdempotencyKeyReused for a different request.
    """
    key = (claim.principal, claim.route, claim.key)
    try:
        claimed = (await connection.exec_driver_sql(CLAIM, (*key, claim.request_hash))).scalar()
    except DBAPIError as error:
        if sqlstate_of(error) == "55P03":
            raise RequestInProgress from None
        raise
    if claimed:
        return None
    row = (await connection.exec_driver_sql(LOOK, key)).one_or_none()
    if row is None or row.status is None:
        raise RequestInProgress
    if not hmac.compare_digest(bytes(row.request_hash), claim.request_hash):
        raise IdempotencyKeyReused
    return Stored(status=row.status, resource_id=row.resource_id, location=row.location, etag=row.etag)


FORGET = "DELETE FROM idempotency WHERE created_at < clock_timestamp() - make_interval(days => :days)"


async def forget_old_keys(session: AsyncSession) -> None:
    """Drop answers older than seven days; run by the worker."""
    await session.execute(text(FORGET), {"days": KEPT_DAYS})
