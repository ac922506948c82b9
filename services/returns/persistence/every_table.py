"""Every module with tables of returns, so that all of them are on the metadata; whoever adds one names it here."""

from __future__ import annotations

from services.returns.persistence import advisory_tables as advisory_tables
from services.returns.persistence import aftermath_tables as aftermath_tables
from services.returns.persistence import card_tables as card_tables
from services.returns.persistence import child_tables as child_tables
from services.returns.persistence import complaint_tables as complaint_tables
from services.returns.persistence import counselling_tables as counselling_tables
from services.returns.persistence import deadline_tables as deadline_tables
from services.returns.persistence import disclosure_basis_tables as disclosure_basis_tables
from services.returns.persistence import disclosure_tables as disclosure_tables
from services.returns.persistence import document_tables as document_tables
from services.returns.persistence import duplicate_tables as duplicate_tables
from services.returns.persistence import eligibility_tables as eligibility_tables
from services.returns.persistence import erasure_tables as erasure_tables
from services.returns.persistence import fact_tables as fact_tables
from services.returns.persistence import family_tables as family_tables
from services.returns.persistence import file_number_tables as file_number_tables
from services.returns.persistence import import_tables as import_tables
from services.returns.persistence import journey_tables as journey_tables
from services.returns.persistence import reconciliation_tables as reconciliation_tables
from services.returns.persistence import safeguard_tables as safeguard_tables
from services.returns.persistence import tables as tables
from services.returns.persistence import travel_document_tables as travel_document_tables
