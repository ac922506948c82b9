"""The dialogue between the sides and within one: rounds, action items, questions, working groups of departments."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from services.registry.persistence.tables import RegistryTable
from shared.database.tables import Row, json_column, sealed


class DialogueRoundRow(RegistryTable, Row, table=True):
    """A meeting of the sides: a shared agenda, joint minutes, approvals of both."""

    __tablename__ = "dialogue_round"
    __table_args__ = (UniqueConstraint("partnership_id", "number"),)

    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    number: int
    level: str
    called_by: str
    scheduled_on: date
    place: str | None = None
    status: str = "planned"
    agenda: list[dict[str, Any]] = json_column(default_factory=list)
    agenda_approved_by: list[str] = json_column(default_factory=list)
    held_on: date | None = None
    sealed_minutes: bytes | None = sealed(nullable=True)
    minutes_approved_by: list[str] = json_column(default_factory=list)


class ActionItemRow(RegistryTable, Row, table=True):
    """What somebody does after a round; open ones are carried over to every later round until done."""

    __tablename__ = "action_item"

    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    round_id: UUID = Field(foreign_key="dialogue_round.id", index=True)
    round_number: int
    component_id: UUID | None = Field(default=None, foreign_key="component.id")
    title: str
    owner_side: str
    due_on: date
    status: str = "open"
    done_on: date | None = None
    outcome: str | None = None


class QuestionRow(RegistryTable, Row, table=True):
    """A question between rounds; its clock runs only if a clause of the agreement says so."""

    __tablename__ = "side_question"
    __table_args__ = (Index("ix_side_question_waiting", "answer_by", postgresql_where=text("status = 'asked'")),)

    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    component_id: UUID | None = Field(default=None, foreign_key="component.id")
    asked_by: str
    asked_on: date
    answer_by: date | None = None
    clause_id: UUID | None = None
    status: str = "asked"
    sealed_text: bytes = sealed()
    sealed_answer: bytes | None = sealed(nullable=True)
    answered_on: date | None = None
    reminded_on: date | None = None


class WorkingGroupRow(RegistryTable, Row, table=True):
    """Departments of one side that must speak with one voice; the other side does not see it."""

    __tablename__ = "working_group"

    partnership_id: UUID = Field(foreign_key="partnership.id", index=True)
    side: str
    name: str
    departments: list[dict[str, Any]] = json_column(default_factory=list)


class PositionRow(RegistryTable, Row, table=True):
    """What a department, or the group as a whole (`department` empty: a decision), wants for a component or round."""

    __tablename__ = "department_position"

    group_id: UUID = Field(foreign_key="working_group.id", index=True)
    department: str | None = None
    component_id: UUID | None = Field(default=None, foreign_key="component.id")
    round_id: UUID | None = Field(default=None, foreign_key="dialogue_round.id")
    stance: str
    sealed_reasoning: bytes = sealed()
    stated_on: date
