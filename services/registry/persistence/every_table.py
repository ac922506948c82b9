"""Every module with tables of registry, so that all of them are on the metadata; whoever adds one names it here."""

from __future__ import annotations

from services.registry.persistence import (
    certification_tables,
    dialogue_tables,
    disclosure_basis_tables,
    disclosure_tables,
    partnership_tables,
    programme_tables,
    recipient_tables,
    sender_tables,
    tables,
    waiting_tables,
    webhook_tables,
)

MODULES = (
    certification_tables,
    dialogue_tables,
    disclosure_basis_tables,
    disclosure_tables,
    partnership_tables,
    programme_tables,
    recipient_tables,
    sender_tables,
    tables,
    waiting_tables,
    webhook_tables,
)
