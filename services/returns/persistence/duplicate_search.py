"""Finds records that may be one person over sealed data: by tokens first, then by opening those and comparing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, or_, select, update

from services.returns.domain.duplicate_keys import Description, describe, keys, name_keys
from services.returns.domain.duplicates import Comparison, compare
from services.returns.persistence.duplicate_tables import DuplicateRow, PersonIndexRow
from services.returns.persistence.duplicate_weights import WEIGHTS, duplicate_weights
from services.returns.persistence.identities import birth_dates, open_identities, open_numbers
from services.returns.persistence.index_keys import NumberedIndex, current_index, live_indexes
from services.returns.persistence.tables import CasePersonRow, ReturnCaseRow
from shared.database.unit_of_work import UnitOfWork
from shared.ids import new_id
from shared.protection.blind_index import BlindIndex

PURPOSE = "duplicate-search"
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtext('duplicate-search'))")
"""Two searches at the same moment would each miss what the other is about to keep."""

CANDIDATES = text(
    "SELECT i.person_id, i.tokens FROM person_index i WHERE i.tokens && CAST(:tokens AS integer[]) "
    "AND i.key_number = :number "
    "ORDER BY cardinality(ARRAY(SELECT unnest(i.tokens) INTERSECT SELECT unnest(CAST(:tokens AS integer[])))) DESC, "
    "i.person_id LIMIT :most"
)
CARRIERS = text(
    "SELECT count(*) FROM person_index WHERE tokens @> ARRAY[CAST(:token AS integer)] AND key_number = :number"
)
AMONG = text("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = 'person_index'")


@dataclass(frozen=True)
class Found:
    """Another record, and what speaks for and against."""

    person: CasePersonRow
    comparison: Comparison


async def describe_all(uow: UnitOfWork, people: Sequence[CasePersonRow]) -> dict[UUID, Description]:
    """The comparable part of records, opened and audited; of an erased person nothing is left."""
    identities = await open_identities(uow, people, purpose=PURPOSE)
    born = await birth_dates(uow, people, purpose=PURPOSE)
    numbers = await open_numbers(uow, [person.id for person in people], purpose=PURPOSE)
    return {
        person.id: describe(
            identities[person.id],
            born=born[person.id],
            sex=person.sex,
            citizenships=[entry["code"] for entry in person.citizenships],
            documents=numbers.get(person.id, ()),
        )
        for person in people
    }


async def keep_tokens(uow: UnitOfWork, described: Mapping[UUID, Description]) -> None:
    """Make these records findable, as they are now; one of whom nothing is known yet has no tokens."""
    under, bits = await current_index(uow), int(duplicate_weights()["token_bits"])
    for person_id, person in sorted(described.items()):
        tokens = sorted(_tokens(under.index, keys(person), bits))
        values = {"tokens": tokens, "scheme": WEIGHTS, "key_number": under.number}
        statement = insert(PersonIndexRow).values(person_id=person_id, **values)
        await uow.session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
    done = update(CasePersonRow).where(col(CasePersonRow.id).in_(described)).values(index_scheme=WEIGHTS)
    await uow.session.execute(done)


async def renew_tokens(uow: UnitOfWork, person: CasePersonRow) -> None:
    """Who a person is has changed: found as they are now, and to be searched for anew."""
    person.duplicates_searched_at = None
    await uow.session.flush()
    if await uow.session.get(PersonIndexRow, person.id) is not None:
        await keep_tokens(uow, await describe_all(uow, [person]))


async def forget_tokens(uow: UnitOfWork, person: CasePersonRow) -> None:
    """Not found any more, and nothing left undecided; decisions stay, as codes."""
    await uow.session.execute(delete(PersonIndexRow).where(col(PersonIndexRow.person_id) == person.id))
    pair = DuplicateRow
    theirs = or_(col(pair.person_id) == person.id, col(pair.other_person_id) == person.id)
    await uow.session.execute(delete(pair).where(theirs, col(pair.outcome).is_(None)))


async def look_for(
    uow: UnitOfWork, person: Description, *, within: ColumnElement[bool], from_weight: float
) -> list[Found]:
    """Records that may be this person among those of some files, the likeliest first; no other record is opened."""
    weights = duplicate_weights()
    known = [await _known_under(uow, under, person, weights) for under in await live_indexes(uow)]
    held = {person_id: one for one in known for person_id in one.held}
    files = select(CasePersonRow).join(ReturnCaseRow, col(ReturnCaseRow.id) == col(CasePersonRow.case_id))
    others = list((await uow.session.execute(files.where(col(CasePersonRow.id).in_(held), within))).scalars())
    described = await describe_all(uow, others)
    named = await _carriers(uow, known)
    among = await uow.session.scalar(AMONG) or 0
    found = []
    for other in others:
        shared = held[other.id].names_of(other.id)
        carriers = min((named[name] for name in shared), default=0)
        compared = compare(person, described[other.id], weights, carriers=carriers, among=among)
        if compared.weight >= from_weight:
            found.append(Found(other, compared))
    return sorted(found, key=lambda each: -each.comparison.weight)


async def keep_pairs(uow: UnitOfWork, person: CasePersonRow, found: Iterable[Found]) -> list[CasePersonRow]:
    """Keep what was found for a decision, once per pair; a decision stands. Returns whose pair is new."""
    new = []
    for each in found:
        one, other = sorted((person.id, each.person.id))
        values: dict[str, Any] = {
            "weight": round(each.comparison.weight, 1),
            "evidence": [asdict(entry) for entry in each.comparison.evidence],
            "scheme": WEIGHTS,
            "updated_at": uow.now,
        }
        made = new_id()
        own = {"id": made, "version": 1, "created_at": uow.now, "person_id": one, "other_person_id": other}
        statement = insert(DuplicateRow).values(**own, **values)
        statement = statement.on_conflict_do_update(index_elements=["person_id", "other_person_id"], set_=values)
        if await uow.session.scalar(statement.returning(col(DuplicateRow.id))) == made:
            new.append(each.person)
    return new


@dataclass(frozen=True)
class _Known:
    """What is found under one key: the tokens of the person's names by name, and those of each record."""

    number: int
    names: Mapping[str, int]
    held: Mapping[UUID, frozenset[int]]

    def names_of(self, person_id: UUID) -> list[str]:
        """The names that this record shares with the person."""
        return [name for name, token in self.names.items() if token in self.held[person_id]]


async def _known_under(
    uow: UnitOfWork, under: NumberedIndex, person: Description, weights: Mapping[str, Any]
) -> _Known:
    bits = int(weights["token_bits"])
    asked = sorted(_tokens(under.index, keys(person, asking=True), bits))
    values = {"tokens": asked, "number": under.number, "most": weights["most_candidates"]}
    rows = await uow.session.execute(CANDIDATES, values)
    names = {name: under.index.token(name, bits=bits) for name in name_keys(person)}
    return _Known(under.number, names, {row.person_id: frozenset(row.tokens) for row in rows})


async def _carriers(uow: UnitOfWork, known: Sequence[_Known]) -> dict[str, int]:
    """How many records here have each name, under whichever key they are found."""
    counts: dict[str, int] = {}
    for one in known:
        for name, token in one.names.items():
            found = await uow.session.scalar(CARRIERS, {"token": token, "number": one.number}) or 0
            counts[name] = counts.get(name, 0) + found
    return counts


def _tokens(index: BlindIndex, wanted: Iterable[str], bits: int) -> set[int]:
    return {index.token(key, bits=bits) for key in wanted}
