"""What a message does inside registry itself: a duty to destroy is attested, a commitment is confirmed or disputed.

A message that the state does not allow is an outcome, not an error: it is kept as not applied, and its sender sees it.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.registry.commands import move_commitment
from services.registry.commands.attest_destruction import AttestDestruction, NothingToAttest, attest
from services.registry.domain.agency_messages import Said
from services.registry.domain.sides import side_of_country
from services.registry.persistence.disclosure_tables import AgencyMessageRow
from services.registry.persistence.partnership_tables import CommitmentRow
from services.registry.persistence.tables import PartnershipRow, RecipientRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, TransitionRefused, WayhomeError

NOT_APPLIED = "not-applied"
STEPS = {"commitment.confirmed": "confirm", "commitment.disputed": "dispute"}


async def attest_by_message(row: AgencyMessageRow, message: Said, *, uow: UnitOfWork) -> None:
    """The oldest open duty of this case is attested; without one there was nothing to say yet."""
    facts = message.facts
    until = facts.get("retained_until")
    command = AttestDestruction(
        agency_case_ref=message.reference or "",
        result=facts["result"],
        article=facts.get("article"),
        data_classes=facts.get("data_classes"),
        retained_until=date.fromisoformat(until) if until else None,
    )
    try:
        await attest(command, uow=uow)
    except NothingToAttest as refused:
        _not_applied(row, refused)


async def owed_to(uow: UnitOfWork, sender: RecipientRow, message: Said) -> tuple[CommitmentRow, str]:
    """The commitment and the side the sender's country stands on. Raises NotFound: unknown and foreign are alike."""
    found = await uow.session.get(CommitmentRow, UUID(message.reference)) if message.reference else None
    partnership = await uow.session.get(PartnershipRow, found.partnership_id) if found else None
    if found is None or partnership is None:
        raise NotFound
    side = side_of_country(partnership.parties, sender.country)
    if side is None:
        raise NotFound
    return found, side


async def settle_by_message(
    row: AgencyMessageRow, message: Said, commitment_id: UUID, side: str, *, uow: UnitOfWork
) -> None:
    """Confirm or dispute for a side, as its delegate would; the commitment publishes what came of it."""
    day = message.facts.get("on")
    command = move_commitment.MoveCommitment(
        commitment_id=commitment_id,
        step=STEPS[message.message_type],
        on=date.fromisoformat(day) if day else None,
        words=message.facts.get("code"),
        side=side,
    )
    try:
        await move_commitment.handle(command, uow=uow)
    except TransitionRefused as refused:
        _not_applied(row, refused)


def _not_applied(row: AgencyMessageRow, refused: WayhomeError) -> None:
    row.status, row.reason_code = NOT_APPLIED, refused.slug
