"""Which deliveries are due: the oldest of each case and endpoint, a fair share of every endpoint that may be asked now.

A lane is one case at one endpoint, or everything at one endpoint that belongs to no case: only its oldest open delivery
is ever taken, whichever process looks. Tests of an endpoint stand in no lane. Endpoints that rest, are paused or have
an open breaker are not looked at, however much waits for them; an endpoint whose breaker waits for a probe gives
exactly one delivery to exactly one process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from services.registry.persistence.disclosure_tables import DeliveryRow, WebhookEndpointRow
from shared.database.unit_of_work import UnitOfWork

PROBES = text(
    "UPDATE webhook_endpoint SET breaker = 'half_open', breaker_until = CAST(:until AS timestamptz)"
    " WHERE id IN (SELECT id FROM webhook_endpoint WHERE breaker <> 'closed' AND breaker_until <= :now"
    "  AND status = 'active' FOR NO KEY UPDATE SKIP LOCKED) RETURNING id"
)
DUE = text(
    "WITH room AS ("
    " SELECT e.id, CASE WHEN e.breaker = 'closed' THEN LEAST(:share - COALESCE(busy.lanes, 0), :most)"
    "   WHEN e.id = ANY(:probing) THEN 1 ELSE 0 END AS free"
    " FROM webhook_endpoint e LEFT JOIN unnest(CAST(:busy AS uuid[]), CAST(:lanes AS int[])) AS busy (id, lanes)"
    "  ON busy.id = e.id"
    " WHERE e.status = 'active' AND (e.rest_until IS NULL OR e.rest_until <= :now)"
    "), due AS ("
    " SELECT lane.id, lane.place FROM room CROSS JOIN LATERAL ("
    "  SELECT next.id, row_number() OVER (ORDER BY next.next_attempt_at, next.id) AS place FROM ("
    "   SELECT d.id, d.next_attempt_at FROM delivery d"
    "   WHERE d.endpoint_id = room.id AND d.status = 'pending' AND d.next_attempt_at <= :now"
    "    AND (d.claimed_until IS NULL OR d.claimed_until < :now)"
    "    AND NOT EXISTS (SELECT 1 FROM delivery earlier WHERE earlier.endpoint_id = d.endpoint_id"
    "     AND earlier.case_id = d.case_id AND earlier.status = 'pending' AND earlier.id < d.id"
    "     AND (d.payload_type <> 'request.ended' OR earlier.claimed_until >= :now) OFFSET 0)"
    "    AND (d.case_id IS NOT NULL OR d.payload_type = 'endpoint.test' OR NOT EXISTS (SELECT 1 FROM delivery earlier"
    "     WHERE earlier.endpoint_id = d.endpoint_id AND earlier.case_id IS NULL AND earlier.status = 'pending'"
    "     AND earlier.id < d.id AND earlier.payload_type <> 'endpoint.test' OFFSET 0))"
    "   ORDER BY d.next_attempt_at, d.id LIMIT GREATEST(room.free, 0)"
    "  ) AS next"
    " ) AS lane ORDER BY lane.place LIMIT :most"
    ") UPDATE delivery SET claimed_until = CAST(:until AS timestamptz) WHERE id IN ("
    " SELECT d.id FROM delivery d WHERE d.id = ANY(ARRAY(SELECT id FROM due)) AND d.status = 'pending'"
    "  AND (d.claimed_until IS NULL OR d.claimed_until < :now) FOR NO KEY UPDATE SKIP LOCKED) RETURNING id"
)
"""`share` is what one endpoint may have under way in this process, `most` what is still free in all.

OFFSET 0 keeps the planner from comparing every waiting delivery of an endpoint with every other: one look into
the index of lanes each. What another process takes meanwhile is seen when the rows are locked.
"""

LATER = text(
    "UPDATE delivery SET next_attempt_at = CAST(:at AS timestamptz) WHERE endpoint_id = :endpoint AND case_id = :case"
    " AND status = 'pending' AND id > :id AND next_attempt_at < :at AND payload_type <> 'request.ended'"
)
LATER_WITHOUT_CASE = text(
    "UPDATE delivery SET next_attempt_at = CAST(:at AS timestamptz) WHERE endpoint_id = :endpoint AND case_id IS NULL"
    " AND status = 'pending' AND id > :id AND next_attempt_at < :at AND payload_type <> 'endpoint.test'"
)
"""What waits behind a delivery that is tried again later need not be looked at before."""


async def claim_due(
    uow: UnitOfWork, *, until: datetime, busy: Mapping[UUID, int], share: int, most: int
) -> list[DeliveryRow]:
    """Take due deliveries for this process until `until`; another process gets others."""
    window: dict[str, Any] = {"now": uow.now, "until": until}
    probing = list((await uow.session.execute(PROBES, window)).scalars())
    room = {"probing": probing, "busy": list(busy), "lanes": list(busy.values()), "share": share, "most": most}
    claimed = list((await uow.session.execute(DUE, {**window, **room})).scalars())
    return await deliveries(uow, claimed) if claimed else []


async def deliveries(uow: UnitOfWork, ids: list[UUID]) -> list[DeliveryRow]:
    """These deliveries, locked, oldest first."""
    statement = (
        select(DeliveryRow)
        .where(col(DeliveryRow.id).in_(ids))
        .order_by(col(DeliveryRow.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list((await uow.session.execute(statement)).scalars())


async def facts_of(uow: UnitOfWork, rows: Sequence[DeliveryRow]) -> dict[UUID, DeliveryRow]:
    """These deliveries and, locked, those that stand for the facts of copies among them; one that is being read or
    recorded just now is left out."""
    own = {row.id: row for row in rows}
    wanted = {row.copy_of for row in rows if row.copy_of is not None}
    if not wanted:
        return own
    statement = (
        select(DeliveryRow)
        .where(col(DeliveryRow.id).in_(wanted))
        .order_by(col(DeliveryRow.id))
        .with_for_update(key_share=True, skip_locked=True)
    )
    return own | {row.id: row for row in (await uow.session.execute(statement)).scalars()}


async def endpoints(uow: UnitOfWork, ids: set[UUID], *, lock: bool = False) -> dict[UUID, WebhookEndpointRow]:
    """These endpoints by id; locked in one order everywhere."""
    statement = select(WebhookEndpointRow).where(col(WebhookEndpointRow.id).in_(ids))
    if lock:
        statement = statement.order_by(col(WebhookEndpointRow.id)).with_for_update(key_share=True)
    rows = (await uow.session.execute(statement.execution_options(populate_existing=True))).scalars()
    return {row.id: row for row in rows}
