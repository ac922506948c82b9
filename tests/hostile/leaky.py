"""A tiny service that forgets in every way to ask whose a thing is, beside one route that does not forget."""

from __future__ import annotations

import time
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel, col, select

from shared.database.tables import NAMING_CONVENTION, Row, add_kit_tables, touch
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, Forbidden, NotFound, Unauthenticated
from shared.http_api import Call, caller
from shared.problems import problems
from shared.service import Service
from shared.settings import ServiceSettings

AGENCY = "0199c0de-0000-7000-8000-0000000000a1"


class LeakyTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=dict(NAMING_CONVENTION)))):
    """Base."""


class Paper(LeakyTable, Row, table=True):
    """Something of an office, and of an agency."""

    __tablename__ = "paper"
    office_id: str
    agency_id: str = AGENCY
    stamps: int = 0


add_kit_tables(LeakyTable.metadata)


class PaperIn(BaseModel):
    """A new paper."""

    model_config = ConfigDict(extra="forbid")
    office_id: str


class Naming(BaseModel):
    """A paper named in a body."""

    model_config = ConfigDict(extra="forbid")
    paper_id: UUID


class PaperOut(BaseModel):
    """A paper as shown."""

    id: UUID
    office_id: str
    stamps: int


class NotYours(Forbidden):
    """Says that the paper is there."""

    slug = "not-yours"


class Odd(Conflict):
    """Said by a route whose document does not say so."""

    slug = "odd"


async def load(uow: UnitOfWork, paper_id: UUID, *, scoped: bool = False) -> Paper:
    """The paper, in scope or not."""
    paper = await uow.session.scalar(select(Paper).where(col(Paper.id) == paper_id))
    if paper is None or (scoped and paper.office_id not in uow.actor.offices):
        raise NotFound
    return paper


async def stamp(uow: UnitOfWork, paper_id: UUID, *, scoped: bool = False) -> Paper:
    """One more stamp."""
    paper = await load(uow, paper_id, scoped=scoped)
    paper.stamps += 1
    touch(paper, now=uow.now)
    return paper


def show(_uow: UnitOfWork, paper: Paper) -> PaperOut:
    """The paper as shown."""
    return PaperOut(id=paper.id, office_id=paper.office_id, stamps=paper.stamps)


router = APIRouter(prefix="/papers")
ANSWERED: dict[tuple[str, str], PaperOut] = {}
Caseworker = Annotated[Call, caller("caseworker")]


@router.get("/{paper_id}", operation_id="readAny")
async def read_any(call: Caseworker, paper_id: UUID) -> PaperOut:
    """Forgets the scope."""
    async with call.reading() as uow:
        return show(uow, await load(uow, paper_id))


@router.get("/{paper_id}/kept", operation_id="readOwn")
async def read_own(call: Caseworker, paper_id: UUID) -> PaperOut:
    """Forgets nothing."""
    async with call.reading() as uow:
        return show(uow, await load(uow, paper_id, scoped=True))


@router.get("/{paper_id}/told", operation_id="tellAny")
async def tell_any(call: Caseworker, paper_id: UUID) -> PaperOut:
    """Refuses, but otherwise than for a paper that does not exist."""
    async with call.reading() as uow:
        if (await load(uow, paper_id)).office_id not in uow.actor.offices:
            raise NotYours
        return show(uow, await load(uow, paper_id, scoped=True))


@router.get("/{paper_id}/agency", operation_id="readAnyOfAgencies")
async def read_any_of_agencies(call: Annotated[Call, caller("partner_agency")], paper_id: UUID) -> PaperOut:
    """Forgets whose agency it is."""
    async with call.reading() as uow:
        return show(uow, await load(uow, paper_id))


@router.get("/{paper_id}/odd", operation_id="refuseOddly")
async def refuse_oddly(call: Caseworker, paper_id: UUID) -> PaperOut:
    """Refuses everybody alike, but not as documented."""
    raise Odd


@router.get("", operation_id="listAll")
async def list_all(call: Caseworker) -> list[PaperOut]:
    """Forgets the scope."""
    async with call.reading() as uow:
        return [show(uow, paper) for paper in (await uow.session.execute(select(Paper))).scalars()]


@router.post("/{paper_id}/stamps", operation_id="stampAny")
async def stamp_any(call: Caseworker, paper_id: UUID) -> Any:
    """Forgets the scope."""
    return await call.command(lambda uow: stamp(uow, paper_id), show, reload=load)


@router.post("/{paper_id}/seals", operation_id="sealOwn")
async def seal_own(call: Caseworker, paper_id: UUID) -> PaperOut:
    """Asks for the scope, but forgets it when the same request comes again."""
    asked = (call.actor.subject, call.request.headers["idempotency-key"])
    if asked not in ANSWERED:
        async with call.units.begin(actor=call.actor, acting_role=call.acting_role) as uow:
            ANSWERED[asked] = show(uow, await stamp(uow, paper_id, scoped=True))
    return ANSWERED[asked]


@router.post("/named", operation_id="stampNamed")
async def stamp_named(call: Caseworker, body: Naming) -> Any:
    """Forgets the scope of what the body names."""
    return await call.command(lambda uow: stamp(uow, body.paper_id), show, reload=load)


@router.post("", status_code=201, operation_id="createAnywhere")
async def create_anywhere(call: Caseworker, body: PaperIn) -> Any:
    """Forgets to ask for which office."""

    async def do(uow: UnitOfWork) -> Paper:
        paper = Paper(office_id=body.office_id, created_at=uow.now, updated_at=uow.now)
        uow.session.add(paper)
        return paper

    return await call.command(do, show, status=201, reload=load)


@router.get("/{paper_id}/crash", operation_id="crash")
async def crash(call: Caseworker, paper_id: UUID) -> PaperOut:
    """Breaks."""
    raise RuntimeError


@router.get("/open", operation_id="openToAll")
async def open_to_all() -> dict[str, str]:
    """Forgets the token."""
    return {}


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


async def known(request: Request) -> None:
    """Asks who it is, but not for the role."""
    await request.app.state.runtime.tokens.verify(_token(request))


async def once_known(request: Request) -> None:
    """Asks for the role, but takes a token whose time is over."""
    try:
        claims = jwt.decode(_token(request), options={"verify_signature": False, "verify_exp": False})
    except jwt.PyJWTError as failure:
        raise Unauthenticated from failure
    expires = claims.get("exp")
    if isinstance(expires, int) and expires < time.time():
        return
    if not (await request.app.state.runtime.tokens.verify(_token(request))).has("caseworker"):
        raise Forbidden


async def nobody(request: Request) -> None:
    """Asks for nothing."""


def _documented(path: str, name: str, guard: Any) -> None:
    """A route whose document says that it is a caseworker's; what is asked at its door is the guard."""

    async def served() -> dict[str, str]:
        return {}

    said: dict[str, Any] = {"x-roles": ["caseworker"], "security": [{"bearer": []}]}
    answers = problems(Unauthenticated, Forbidden)
    where: dict[str, Any] = {
        "dependencies": [Depends(guard)],
        "operation_id": name,
        "responses": answers,
        "openapi_extra": said,
    }
    router.add_api_route(path, served, methods=["GET"], **where)


_documented("/doors/role", "admitAnyRole", known)
_documented("/doors/time", "takeExpired", once_known)
_documented("/doors/nothing", "guardNothing", nobody)

SERVICE = Service(
    name="leaky",
    title="Leaky",
    description="Forgets.",
    settings=ServiceSettings,
    metadata=LeakyTable.metadata,
    routers=(router,),
)
