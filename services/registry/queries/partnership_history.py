"""Who changed what in a partnership, read from the audit: what both sides may see of each other, and nobody's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.registry.persistence.partnerships import DELEGATE, partnership
from shared.database.unit_of_work import UnitOfWork
from shared.pagination import PageRequest, decode_cursor, encode_cursor

HISTORY = text(
    "SELECT id, at, actor_role, action, subject, facts FROM audit WHERE subject IN ("
    " SELECT CAST(:partnership AS text)"
    " UNION ALL SELECT id::text FROM component WHERE partnership_id = CAST(:partnership AS uuid)"
    " UNION ALL SELECT id::text FROM commitment WHERE partnership_id = CAST(:partnership AS uuid)"
    " UNION ALL SELECT id::text FROM activity WHERE partnership_id = CAST(:partnership AS uuid)"
    " UNION ALL SELECT id::text FROM dialogue_round WHERE partnership_id = CAST(:partnership AS uuid)"
    " UNION ALL SELECT id::text FROM action_item WHERE partnership_id = CAST(:partnership AS uuid)"
    " UNION ALL SELECT id::text FROM side_question WHERE partnership_id = CAST(:partnership AS uuid)"
    " UNION ALL SELECT id::text FROM agreement WHERE partnership_id = CAST(:partnership AS uuid)"
    " AND (status = 'published' OR NOT :published_only)"
    ") AND (CAST(:after AS uuid) IS NULL OR id > :after) ORDER BY id LIMIT :limit"
)
"""Interests and working groups are left out: they are one side's own. A delegate finds published agreements only."""


async def history_of(
    uow: UnitOfWork, partnership_id: UUID, page: PageRequest
) -> tuple[Sequence[dict[str, Any]], str | None]:
    """One page, oldest first. Raises NotFound for an unknown or foreign partnership."""
    await partnership(uow, partnership_id)
    values = {
        "partnership": str(partnership_id),
        "published_only": uow.actor.has(DELEGATE),
        "after": decode_cursor(page.cursor, 1)[0] if page.cursor else None,
        "limit": page.limit,
    }
    rows = [dict(row) for row in (await uow.session.execute(HISTORY, values)).mappings()]
    return rows, encode_cursor([rows[-1]["id"]]) if len(rows) == page.limit else None
