"""Warnings about corridors: drafted by one person, published by another, lifted by two. Until lifted they hold."""

from __future__ import annotations

from services.registry.domain.steps import Steps, step
from shared.errors import Missing

ADVISORY: Steps = {
    "publish": step("draft", "published"),
    "discard": step("draft", "discarded"),
    "ask_lifting": step("published", "lifting_asked"),
    "keep": step("lifting_asked", "published"),
    "lift": step("lifting_asked", "lifted"),
}
HOLDING = ("published", "lifting_asked")
"""Statuses in which it holds for cases; lifting that was only asked for changes nothing."""


def another_person(actor: str, first: str | None) -> list[Missing]:
    """Four eyes: whoever drafted it, or asked for the lifting, is not the one who decides."""
    return [Missing("another-person", "Somebody else has to decide this.")] if actor == first else []
