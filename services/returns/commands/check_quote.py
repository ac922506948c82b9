"""The calculation a grant rests on: it fits these persons, is valid, and counted what is known of help elsewhere."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.returns.domain.access import may_read
from services.returns.domain.benefits import asked_about_help, counts
from services.returns.persistence.benefits import HelpBefore, family_files, granted_there, help_before
from services.returns.persistence.cases import CaseFile
from services.returns.persistence.eligibility_tables import KnownRuleVersionRow, rules_of_quote
from services.returns.persistence.programmes import find_quote
from services.returns.persistence.tables import QuoteRow
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotKnownYet


class QuoteNotKnownYet(NotKnownYet):
    """The calculation has not arrived here."""

    slug = "quote-not-known-yet"
    title = "This calculation is not known here yet"


class QuoteDoesNotFit(Conflict):
    """Made for other persons, another programme, another case, or no longer valid."""

    slug = "quote-does-not-fit"
    title = "This calculation does not fit the file"


class QuoteNotEligible(Conflict):
    """The programme's rules exclude everybody on this calculation; there is nothing to grant."""

    slug = "quote-not-eligible"
    title = "By the programme's rules nobody on this calculation can be helped"


class QuoteWithoutEarlierHelp(Conflict):
    """Help that a rule of the programme counts was found and is not in the calculation; `person_refs` says whose."""

    slug = "quote-without-earlier-help"
    title = "Calculate anew, with `assisted` of these persons as the file's earlier assistance lists it"


class QuoteWithoutLinkedFiles(Conflict):
    """The family has a grant in a linked file that a cap counts and the calculation does not; `codes` says of which
    kinds."""

    slug = "quote-without-linked-files"
    title = "Calculate anew, with `granted` as the file's linked assistance lists it"


REFUSALS = (
    QuoteNotKnownYet,
    QuoteDoesNotFit,
    QuoteNotEligible,
    QuoteWithoutEarlierHelp,
    QuoteWithoutLinkedFiles,
)
"""What stands against a calculation, for the route's documentation."""


async def quote_for(uow: UnitOfWork, file: CaseFile, quote_id: UUID, *, on: date) -> QuoteRow:
    """Raises QuoteNotKnownYet, QuoteDoesNotFit, QuoteNotEligible, QuoteWithoutEarlierHelp, QuoteWithoutLinkedFiles."""
    quote = await find_quote(uow.session, quote_id)
    if quote is None:
        raise QuoteNotKnownYet
    composition = {person.person_ref for person in file.travelling}
    same_case = quote.case_id is None or quote.case_id == file.case.id
    fits = set(quote.person_refs) == composition and quote.programme_id == file.case.programme_id and same_case
    if not fits or quote.valid_until < on:
        raise QuoteDoesNotFit
    if quote.eligibility == "not_eligible":
        raise QuoteNotEligible
    rules = await rules_of_quote(uow, quote.programme_id, quote.rule_version)
    if rules is not None:
        await _counted_earlier_help(uow, file, quote, rules)
        await _counted_linked_files(uow, file, quote, rules)
    return quote


async def _counted_earlier_help(uow: UnitOfWork, file: CaseFile, quote: QuoteRow, rules: KnownRuleVersionRow) -> None:
    """Somebody who had help that counts was calculated with at least as much of it as is known here."""
    if not any(True for _ in asked_about_help(rules.entries)):
        return
    found = await help_before(uow, file)
    counted = quote.assisted_counts or {}
    told = {had.person.person_ref for had in found if _matters(had, rules, file.case.opened_on)}
    known = {ref: sum(had.person.person_ref == ref for had in found) for ref in told}
    lacking = sorted(ref for ref, times in known.items() if counted.get(ref, 0) < times)
    if lacking:
        raise QuoteWithoutEarlierHelp(person_refs=lacking)


def _matters(had: HelpBefore, rules: KnownRuleVersionRow, reference: date) -> bool:
    return any(
        counts(asked.get("within_years"), asked.get("as_minor"), on=had.on, as_minor=had.as_minor, reference=reference)
        for asked in asked_about_help(rules.entries)
    )


async def _counted_linked_files(uow: UnitOfWork, file: CaseFile, quote: QuoteRow, rules: KnownRuleVersionRow) -> None:
    """A cap of the family counts what it was granted in the linked files that whoever decides may read."""
    if not rules.capped_codes:
        return
    seen = [case for case in await family_files(uow, file) if may_read(uow.actor, case)]
    capped = [
        found
        for found in await granted_there(uow, seen)
        if found.code in rules.capped_codes and found.currency == quote.currency
    ]
    if sum(found.amount_minor for found in capped) > (quote.counted_elsewhere_minor or 0):
        raise QuoteWithoutLinkedFiles(codes=sorted({found.code for found in capped}))
