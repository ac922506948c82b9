"""The consulate is asked for papers: prepared by one, approved by another, read under its own token."""

from __future__ import annotations

from deploy.local.casework import CaseWork
from deploy.local.narration import Narrator


async def disclose_to_the_consulate(case: CaseWork, narrator: Narrator) -> None:
    """Prepared, previewed, approved, read, answered."""
    narrator.act("4. The consulate is asked, and learns what it needs and nothing else")
