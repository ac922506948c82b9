"""One column of the table per kind of case: which guards do not apply to it."""

from __future__ import annotations

from collections.abc import Mapping

from services.returns.domain import guards, voluntariness
from services.returns.domain.guards import Guard

SKIPPED_GUARDS: Mapping[str, frozenset[Guard]] = {
    "avrr": frozenset({voluntariness.exit_cleared}),
    "avr_transport_only": frozenset({voluntariness.exit_cleared, guards.partner_settled}),
    "humanitarian_return": frozenset({guards.checked}),
    "self_organised": frozenset(
        {
            voluntariness.exit_cleared,
            guards.documents_valid,
            guards.journey_announced,
            guards.admission_proven,
            guards.medically_cleared,
            guards.reconfirmed,
            guards.itinerary_known,
            guards.partner_settled,
        }
    ),
}
