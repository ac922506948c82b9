"""Two tiny services: `tally` takes commands and publishes one fact each; `ledger` writes down what it saw."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import MetaData, text
from sqlalchemy.orm import registry

from shared.database.tables import NAMING_CONVENTION, Row, StoredRow, add_kit_tables
from shared.database.unit_of_work import UnitOfWork
from shared.events.contract import EventContract, EventSeen
from shared.events.subscriptions import Subscription
from shared.http_api import Call, caller
from shared.service import Service
from shared.settings import ServiceSettings

SEEN = """
CREATE TABLE seen (
  position bigserial PRIMARY KEY, key text NOT NULL, command uuid NOT NULL, sequence bigint NOT NULL,
  event_id uuid NOT NULL)
"""
SEE = text("INSERT INTO seen (key, command, sequence, event_id) VALUES (:key, :command, :sequence, :event_id)")
SLOW_COMMITS = """
CREATE FUNCTION slow_commit() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_sleep(random() * 0.012); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION slow_commit();
"""  # commits take a while, each another, so that later positions commit before earlier ones


class TallyTable(StoredRow, registry=registry(metadata=MetaData(naming_convention=dict(NAMING_CONVENTION)))):
    """Base."""


class Mark(TallyTable, Row, table=True):
    """What one command left behind; nothing here stops a second one, so that a doubled command would show."""

    __tablename__ = "mark"
    key: str
    command: UUID


add_kit_tables(TallyTable.metadata)


class Marked(EventContract):
    """A command was carried out."""

    event_type: ClassVar[str] = "tally.mark.made.v1"
    key_field: ClassVar[str] = "key_name"
    key_name: str
    command: UUID


class MarkedSeen(EventSeen):
    """The ledger's copy."""

    key_name: str
    command: UUID


class MarkIn(BaseModel):
    """One command."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(max_length=20)
    command: UUID


class MarkOut(BaseModel):
    """The answer."""

    id: UUID


router = APIRouter(prefix="/marks")


@router.post("", status_code=201)
async def make_mark(call: Annotated[Call, caller("caseworker")], body: MarkIn) -> Any:
    """Write one row, publish one fact."""

    async def do(uow: UnitOfWork) -> Mark:
        mark = Mark(key=body.key, command=body.command, created_at=uow.now, updated_at=uow.now)
        uow.session.add(mark)
        uow.publish(Marked(key_name=body.key, command=body.command))
        return mark

    return await call.command(do, lambda _uow, row: MarkOut(id=row.id), status=201)


async def on_marked(seen: MarkedSeen, *, uow: UnitOfWork) -> None:
    """Write down what was seen, as often as it was seen."""
    assert uow.cause is not None
    values = {"key": seen.key_name, "command": seen.command, "sequence": uow.cause.number}
    await uow.session.execute(SEE, {**values, "event_id": uow.cause.id})


TALLY = Service(
    name="tally",
    title="Tally",
    description="Takes commands.",
    settings=ServiceSettings,
    metadata=TallyTable.metadata,
    routers=(router,),
    published=(Marked,),
)
SUBSCRIPTIONS = (Subscription(Marked.event_type, MarkedSeen, on_marked),)
