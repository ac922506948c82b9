"""Warnings about corridors: drafted by one person, published by another, lifted by two. Until lifted they hold."""

from __future__ import annotations

from services.registry.domain.steps import Steps, step

ADVISORY: Steps = {
    "publish": step("draft", "published"),
    "discard": step("draft", "discarded"),
    "ask_lifting": step("published", "lifting_asked"),
    "keep": step("lifting_asked", "published"),
    "lift": step("lifting_asked", "lifted"),
}
HOLDING = ("published", "lifting_asked")
"""Statuses in which it holds for cases; lifting that was only asked for changes nothing."""
