"""The last number that an endpoint got about a case, and what a new endpoint takes over to number by itself.

Only one delivery of a case is under way at an endpoint at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from services.registry.domain.disclosure_matrix import ENDED
from services.registry.persistence.disclosure_tables import DeliveryRow, WebhookEndpointRow
from shared.database.unit_of_work import UnitOfWork

Lane = tuple[UUID | None, UUID | None]
"""An endpoint and a case."""
LAST = text(
    "SELECT d.endpoint_id, d.case_id, max(d.endpoint_sequence) FROM unnest(CAST(:recipients AS uuid[]),"
    " CAST(:cases AS uuid[])) AS told (recipient_id, case_id) JOIN delivery d"
    " ON d.recipient_id = told.recipient_id AND d.case_id = told.case_id"
    " WHERE d.endpoint_sequence IS NOT NULL GROUP BY d.endpoint_id, d.case_id"
)
"""Read by the index of a recipient's deliveries of a case, of which there are few."""


async def last_numbers(uow: UnitOfWork, rows: Sequence[DeliveryRow]) -> dict[Lane, int]:
    """By endpoint and case, for the cases of these deliveries; absent where nothing has left."""
    told = sorted({(row.recipient_id, row.case_id) for row in rows if row.case_id is not None})
    if not told:
        return {}
    values = {"recipients": [recipient for recipient, _ in told], "cases": [case for _, case in told]}
    return {(endpoint, case): last for endpoint, case, last in (await uow.session.execute(LAST, values)).all()}


TAKE_OVER = text(
    "UPDATE delivery SET endpoint_id = :endpoint, endpoint_sequence = NULL, attempts = 0,"
    "  next_attempt_at = GREATEST(CAST(:now AS timestamptz), occurred_at) WHERE id IN ("
    " SELECT DISTINCT ON (COALESCE(d.copy_of, d.id)) d.id"
    " FROM delivery d JOIN webhook_endpoint e ON e.id = d.endpoint_id"
    " WHERE e.owner_id = :owner AND e.status = 'disabled' AND d.status = 'pending'"
    "  AND d.payload_type = ANY(CAST(:types AS text[])) ORDER BY COALESCE(d.copy_of, d.id), d.id)"
)
SPARE = text(
    "UPDATE delivery d SET status = 'withheld' FROM webhook_endpoint e, delivery taken"
    " WHERE e.id = d.endpoint_id AND e.owner_id = :owner AND e.status = 'disabled' AND d.status = 'pending'"
    "  AND taken.endpoint_id = :endpoint AND COALESCE(taken.copy_of, taken.id) = COALESCE(d.copy_of, d.id)"
)


UNHEARD = text(
    "UPDATE delivery SET endpoint_id = :endpoint, next_attempt_at = GREATEST(CAST(:now AS timestamptz), occurred_at)"
    " WHERE recipient_id = :owner AND endpoint_id IS NULL AND status = 'pending' AND sequence IS NULL"
    "  AND payload_type = :ended"
)
"""Stops that came while the recipient had no endpoint, and that it has not read in the feed either."""


async def take_over(uow: UnitOfWork, endpoint: WebhookEndpointRow) -> None:
    """What disabled endpoints of the same recipient still owed is sent here, in order and each fact once; the neutral
    stop whether or not the new one asks for it."""
    await uow.session.flush()
    where = {"endpoint": endpoint.id, "owner": endpoint.owner_id}
    await uow.session.execute(TAKE_OVER, {**where, "now": uow.now, "types": [*endpoint.event_types, ENDED]})
    await uow.session.execute(SPARE, where)
    await uow.session.execute(UNHEARD, {**where, "now": uow.now, "ended": ENDED})
