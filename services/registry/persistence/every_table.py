"""Every module with tables of registry, so that all of them are on the metadata; whoever adds one names it here."""

from __future__ import annotations

from services.registry.persistence import certification_tables as certification_tables
from services.registry.persistence import dialogue_tables as dialogue_tables
from services.registry.persistence import disclosure_basis_tables as disclosure_basis_tables
from services.registry.persistence import disclosure_tables as disclosure_tables
from services.registry.persistence import partnership_tables as partnership_tables
from services.registry.persistence import programme_tables as programme_tables
from services.registry.persistence import recipient_tables as recipient_tables
from services.registry.persistence import sender_tables as sender_tables
from services.registry.persistence import tables as tables
from services.registry.persistence import waiting_tables as waiting_tables
from services.registry.persistence import webhook_tables as webhook_tables
