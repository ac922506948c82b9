"""A tiny fifth service: proves that the kit wants nothing from the other four."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import col, select

from shared.auth.local_issuer import LocalIssuer
from shared.auth.policies import require
from shared.auth.principal import Principal
from shared.clock import FixedClock
from shared.database.engine import create_engine
from shared.database.tables import NAMING_CONVENTION, Row, StoredRow, add_kit_tables, json_column, touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.events.contract import EventContract, EventSeen
from shared.events.subscriptions import Subscription
from shared.http_api import Call, caller
from shared.pagination import Page, PageRequest, keyset, page_request
from shared.service import Service
from shared.settings import ServiceSettings
from shared.testing.databases import Databases
from shared.testing.running import RunningService, run_service


class SampleTable(StoredRow, registry=registry(metadata=MetaData(naming_convention=dict(NAMING_CONVENTION)))):
    """Base."""


class Note(SampleTable, Row, table=True):
    """Something to change."""

    __tablename__ = "note"
    office: str
    code: str
    count: int = 0
    tags: list[str] = json_column(default_factory=list)
    more: dict[str, str] | None = json_column(nullable=True)


add_kit_tables(SampleTable.metadata)


class NoteCounted(EventContract):
    """A note was counted."""

    event_type: ClassVar[str] = "sample.note.counted.v1"
    key_field: ClassVar[str] = "note_id"
    example: ClassVar[dict[str, Any]] = {"note_id": "0199c0de-0000-7000-8000-000000000001", "count": 1}
    note_id: UUID
    count: int


class ThingSeen(EventSeen):
    """Somebody else's thing."""

    note_id: UUID


class NoteIn(BaseModel):
    """A new note."""

    model_config = ConfigDict(extra="forbid")
    code: str


class NoteOut(BaseModel):
    """A note as shown."""

    id: UUID
    code: str
    count: int
    version: int


def in_office(actor: Principal, note: Note) -> bool:
    """The note belongs to one of the actor's offices."""
    return note.office in actor.offices


async def load(uow: UnitOfWork, note_id: UUID, *, lock: bool = False) -> Note:
    """The note, if it is in the actor's scope."""
    statement = select(Note).where(col(Note.id) == note_id)
    note = await uow.session.scalar(statement.with_for_update() if lock else statement)
    if note is None:
        raise NotFound
    require(uow.actor, in_office, note)
    return note


def show(_uow: UnitOfWork, note: Note) -> NoteOut:
    """The note as shown."""
    return NoteOut(id=note.id, code=note.code, count=note.count, version=note.version)


async def count_up(uow: UnitOfWork, note_id: UUID) -> Note:
    """One more."""
    note = await load(uow, note_id, lock=True)
    uow.match(note.version)
    note.count += 1
    touch(note, now=uow.now)
    uow.publish(NoteCounted(note_id=note.id, count=note.count))
    uow.record("note.counted", subject=note.id)
    return note


router = APIRouter(prefix="/notes")
Caseworker = Annotated[Call, caller("caseworker")]


@router.post("", status_code=201, operation_id="createNote")
async def create(call: Caseworker, body: NoteIn) -> Any:
    """Create."""

    async def do(uow: UnitOfWork) -> Note:
        note = Note(office=sorted(uow.actor.offices)[0], code=body.code, created_at=uow.now, updated_at=uow.now)
        uow.session.add(note)
        return note

    return await call.command(do, show, status=201, reload=load, location="/sample/v1/notes/{id}")


@router.post("/{note_id}/count", operation_id="countNote")
async def count(call: Caseworker, note_id: UUID) -> Any:
    """Count up."""
    return await call.command(lambda uow: count_up(uow, note_id), show, reload=load, match="required")


@router.get("/{note_id}", operation_id="getNote")
async def get(call: Caseworker, note_id: UUID) -> NoteOut:
    """Read."""
    async with call.reading() as uow:
        return show(uow, await load(uow, note_id))


@router.get("", operation_id="listNotes")
async def listing(call: Caseworker, page: Annotated[PageRequest, Depends(page_request)]) -> Page[NoteOut]:
    """List."""
    async with call.reading() as uow:
        mine = select(Note).where(col(Note.office).in_(sorted(call.actor.offices)))
        rows, cursor = await keyset(uow.session, mine, page, col(Note.id))
        return Page(items=[show(uow, row) for row in rows], next_cursor=cursor)


async def on_thing(seen: ThingSeen, *, uow: UnitOfWork) -> None:
    """React to somebody else's thing."""
    await count_up(uow, seen.note_id)


SERVICE = Service(
    name="sample",
    title="Sample",
    description="A fifth service.",
    settings=ServiceSettings,
    metadata=SampleTable.metadata,
    routers=(router,),
    published=(NoteCounted,),
    subscriptions=(Subscription("other.thing.happened.v1", ThingSeen, on_thing),),
)


@asynccontextmanager
async def running_sample(
    databases: Databases, issuer: LocalIssuer, clock: FixedClock, **options: Any
) -> AsyncIterator[RunningService]:
    """The sample service on a database of its own."""
    url = await databases.url_for_log("sample")
    engine = create_engine(url, pool_size=1, application="sample-set-up")
    async with engine.begin() as connection:
        await connection.run_sync(SampleTable.metadata.create_all)
    await engine.dispose()
    async with run_service(SERVICE, url, issuer=issuer, clock=clock, **options) as running:
        yield running
    await databases.drop(url)
