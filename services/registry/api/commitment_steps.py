"""The steps of a commitment, each one side's act, from the agreement to what the other side says to the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.registry.api.commitments import CommitmentOut, reload_commitment, shown_commitment
from services.registry.api.partnership_schemas import Body, EvidenceIn, Speaker, Words
from services.registry.commands import move_commitment
from shared.errors import NotFound, PreconditionFailed, TransitionRefused
from shared.http_api import Call
from shared.problems import problems

router = APIRouter(tags=["1 partnerships"])
REFUSALS = problems(NotFound, TransitionRefused, PreconditionFailed)


class WordsIn(Body):
    """What your side says to it."""

    words: Words | None = Field(default=None, description="In your side's words; no names of persons.")
    on: date | None = None


class ReportIn(WordsIn):
    """What the owner reports, and where it can be checked."""

    evidence: list[EvidenceIn] = Field(default_factory=list, max_length=20)


class DisputeIn(Body):
    """Why the other side does not see it kept."""

    words: Words = Field(description="In your side's words; no names of persons.")
    on: date | None = None
    evidence: list[EvidenceIn] = Field(default_factory=list, max_length=20)


async def _step(
    call: Call, commitment_id: UUID, step: str, body: WordsIn | DisputeIn, evidence: Sequence[EvidenceIn] = ()
) -> Response:
    command = move_commitment.MoveCommitment(
        commitment_id=commitment_id,
        step=step,
        on=body.on,
        words=body.words,
        evidence=[entry.model_dump(mode="json") for entry in evidence],
    )
    return await call.command(
        lambda uow: move_commitment.handle(command, uow=uow), shown_commitment, reload=reload_commitment
    )


@router.post(
    "/commitments/{commitment_id}/agreement",
    operation_id="agreeCommitment",
    summary="Agree to a commitment",
    response_model=CommitmentOut,
    responses=REFUSALS,
)
async def agree(call: Speaker, commitment_id: UUID, body: WordsIn) -> Response:
    """By the side that did not propose it; an answer to another commitment once that one is agreed."""
    return await _step(call, commitment_id, "agree", body)


@router.post(
    "/commitments/{commitment_id}/refusal",
    operation_id="declineCommitment",
    summary="Decline a commitment",
    response_model=CommitmentOut,
    responses=REFUSALS,
)
async def decline(call: Speaker, commitment_id: UUID, body: WordsIn) -> Response:
    """By the side that did not propose it; declining one never touches another."""
    return await _step(call, commitment_id, "decline", body)


@router.post(
    "/commitments/{commitment_id}/withdrawal",
    operation_id="withdrawCommitment",
    summary="Withdraw a proposal",
    response_model=CommitmentOut,
    responses=REFUSALS,
)
async def withdraw(call: Speaker, commitment_id: UUID, body: WordsIn) -> Response:
    """By the side that proposed it, until it is agreed."""
    return await _step(call, commitment_id, "withdraw", body)


@router.post(
    "/commitments/{commitment_id}/report",
    operation_id="reportCommitment",
    summary="Report a commitment as kept",
    response_model=CommitmentOut,
    responses=REFUSALS,
)
async def report(call: Speaker, commitment_id: UUID, body: ReportIn) -> Response:
    """By the side that owes it, with at least one piece of evidence; before its day, on it, late, or again after a
    dispute."""
    return await _step(call, commitment_id, "report", body, body.evidence)


@router.post(
    "/commitments/{commitment_id}/confirmation",
    operation_id="confirmCommitment",
    summary="Confirm that it was kept",
    response_model=CommitmentOut,
    responses=REFUSALS,
)
async def confirm(call: Speaker, commitment_id: UUID, body: WordsIn) -> Response:
    """By the side to which it is owed."""
    return await _step(call, commitment_id, "confirm", body)


@router.post(
    "/commitments/{commitment_id}/reconsideration",
    operation_id="reconsiderCommitment",
    summary="Take a mistaken confirmation back",
    response_model=CommitmentOut,
    responses=REFUSALS,
)
async def reconsider(call: Speaker, commitment_id: UUID, body: WordsIn) -> Response:
    """By the side that confirmed it: it is reported again, and waits for that side's judgement."""
    return await _step(call, commitment_id, "reconsider", body)


@router.post(
    "/commitments/{commitment_id}/dispute",
    operation_id="disputeCommitment",
    summary="Dispute that it was kept",
    response_model=CommitmentOut,
    responses=REFUSALS,
)
async def dispute(call: Speaker, commitment_id: UUID, body: DisputeIn) -> Response:
    """By the side to which it is owed; the owner may report again."""
    return await _step(call, commitment_id, "dispute", body, body.evidence)


@router.post(
    "/commitments/{commitment_id}/waiver",
    operation_id="waiveCommitment",
    summary="Let a commitment go",
    response_model=CommitmentOut,
    responses=REFUSALS,
)
async def waive(call: Speaker, commitment_id: UUID, body: WordsIn) -> Response:
    """By the side to which it is owed, for example when a joint review has changed the plan."""
    return await _step(call, commitment_id, "waive", body)
