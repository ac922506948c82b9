"""Keep the clauses of an agreement: no clause, no disclosure and no clock."""

from __future__ import annotations

from services.returns.contracts.consumed import AgreementPublishedSeen
from services.returns.persistence.disclosure_tables import ClauseRow
from services.returns.persistence.programmes import keep
from shared.database.unit_of_work import UnitOfWork


async def handle(seen: AgreementPublishedSeen, *, uow: UnitOfWork) -> None:
    """Each clause with the agreement's validity."""
    for clause in seen.clauses:
        values = {
            "agreement_id": seen.agreement_id,
            "partnership_id": seen.partnership_id,
            "code": clause.code,
            "data_clause": clause.data_clause,
            "recipient_kinds": clause.recipient_kinds,
            "reply_days": clause.reply_days,
            "longest_reply_days": clause.longest_reply_days,
            "deemed_agreement": clause.deemed_agreement,
            "deemed_for": clause.deemed_for,
            "document_types": clause.document_types,
            "announce_days": clause.announce_days,
            "transfer_within_days": clause.transfer_within_days,
            "document_validity_days": clause.document_validity_days,
            "competent_authorities": [str(authority) for authority in clause.competent_authorities],
            "third_country_nationals": clause.third_country_nationals,
            "valid_from": seen.valid_from,
            "valid_to": seen.valid_to,
        }
        await keep(uow.session, ClauseRow, {"clause_id": clause.clause_id}, values)
