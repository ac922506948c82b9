"""Which papers belong to a person and go with them into another file; `following` moves them."""

from __future__ import annotations

from services.returns.persistence.aftermath_tables import HostChecklistEntryRow, IncidentRow, NonArrivalSearchRow
from services.returns.persistence.document_tables import DocumentRow
from services.returns.persistence.journey_tables import EscortRow, MedicalClearanceRow
from services.returns.persistence.travel_document_tables import TravelDocumentRequestRow

FOLLOWING = (
    TravelDocumentRequestRow,
    MedicalClearanceRow,
    EscortRow,
    IncidentRow,
    NonArrivalSearchRow,
    HostChecklistEntryRow,
    DocumentRow,
)
"""Every table here has a case_id and a person_id."""
