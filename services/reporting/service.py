"""The table of contents of reporting."""

from __future__ import annotations

from services.reporting.api import dashboard, figures, indicators, partnerships, projections, releases
from services.reporting.consumers.activity_reported import on_activity_reported
from services.reporting.consumers.case_approved import on_case_approved
from services.reporting.consumers.case_arrived import on_case_arrived
from services.reporting.consumers.case_cancelled import on_case_cancelled
from services.reporting.consumers.case_closed import on_case_closed
from services.reporting.consumers.case_departed import on_case_departed
from services.reporting.consumers.case_did_not_board import on_case_did_not_board
from services.reporting.consumers.case_eligibility_determined import on_case_eligibility_determined
from services.reporting.consumers.case_fact_corrected import on_case_fact_corrected
from services.reporting.consumers.case_handed_over import on_case_handed_over
from services.reporting.consumers.case_lapsed import on_case_lapsed
from services.reporting.consumers.case_merged import on_case_merged
from services.reporting.consumers.case_opened import on_case_opened
from services.reporting.consumers.case_pre_departure_started import on_case_pre_departure_started
from services.reporting.consumers.case_ready import on_case_ready
from services.reporting.consumers.case_refused import on_case_refused
from services.reporting.consumers.case_resumed import on_case_resumed
from services.reporting.consumers.case_return_failed import on_case_return_failed
from services.reporting.consumers.case_revoked import on_case_revoked
from services.reporting.consumers.case_screened import on_case_screened
from services.reporting.consumers.case_split import on_case_split
from services.reporting.consumers.case_submitted import on_case_submitted
from services.reporting.consumers.case_withdrawn import on_case_withdrawn
from services.reporting.consumers.commitment_agreed import on_commitment_agreed
from services.reporting.consumers.commitment_disputed import on_commitment_disputed
from services.reporting.consumers.commitment_reported import on_commitment_reported
from services.reporting.consumers.commitment_settled import on_commitment_settled
from services.reporting.consumers.component_status_changed import on_component_status_changed
from services.reporting.consumers.delivery_made import on_delivery_made
from services.reporting.consumers.detention_returns_counted import on_detention_returns_counted
from services.reporting.consumers.dialogue_round_held import on_dialogue_round_held
from services.reporting.consumers.funds_reserved import on_funds_reserved
from services.reporting.consumers.partnership_signed import on_partnership_signed
from services.reporting.consumers.partnership_status_changed import on_partnership_status_changed
from services.reporting.consumers.payment_reversed import on_payment_reversed
from services.reporting.consumers.payment_settled import on_payment_settled
from services.reporting.consumers.person_added import on_person_added
from services.reporting.consumers.person_deceased import on_person_deceased
from services.reporting.consumers.person_linked import on_person_linked
from services.reporting.consumers.person_removed import on_person_removed
from services.reporting.consumers.plan_activated import on_plan_activated
from services.reporting.consumers.plan_opened import on_plan_opened
from services.reporting.consumers.survey_completed import on_survey_completed
from services.reporting.contracts import consumed as seen
from services.reporting.contracts import consumed_persons as seen_persons
from services.reporting.contracts.published import PUBLISHED
from services.reporting.persistence import release_tables as release_tables
from services.reporting.persistence.tables import ReportingTable
from services.reporting.settings import ReportingSettings
from shared.events.subscriptions import Subscription
from shared.service import Service

SERVICE = Service(
    name="reporting",
    title="Wayhome reporting",
    description="Read models, indicators and the dashboard. Every figure names its unit, date basis and mode.",
    settings=ReportingSettings,
    metadata=ReportingTable.metadata,
    routers=(
        indicators.router,
        figures.router,
        partnerships.router,
        releases.router,
        projections.router,
        dashboard.router,
    ),
    published=PUBLISHED,
    subscriptions=(
        Subscription("returns.case.approved.v1", seen.CaseStageSeen, on_case_approved),
        Subscription("returns.case.arrived.v1", seen.CaseTravelSeen, on_case_arrived),
        Subscription("returns.case.cancelled.v1", seen.CaseCancelledSeen, on_case_cancelled),
        Subscription("returns.case.closed.v1", seen.CaseStageSeen, on_case_closed),
        Subscription("returns.case.departed.v1", seen.CaseTravelSeen, on_case_departed),
        Subscription("returns.case.did-not-board.v1", seen.CaseStageSeen, on_case_did_not_board),
        Subscription("returns.case.eligibility-determined.v1", seen.CaseStageSeen, on_case_eligibility_determined),
        Subscription("returns.case.fact-corrected.v1", seen.CaseFactCorrectedSeen, on_case_fact_corrected),
        Subscription("returns.case.handed-over.v1", seen.CaseStageSeen, on_case_handed_over),
        Subscription("returns.case.opened.v1", seen.CaseOpenedSeen, on_case_opened),
        Subscription("returns.case.pre-departure-started.v1", seen.CaseStageSeen, on_case_pre_departure_started),
        Subscription("returns.case.ready.v1", seen.CaseStageSeen, on_case_ready),
        Subscription("returns.case.lapsed.v1", seen.CaseStageSeen, on_case_lapsed),
        Subscription("returns.case.resumed.v1", seen.CaseStageSeen, on_case_resumed),
        Subscription("returns.case.return-failed.v1", seen.CaseStageSeen, on_case_return_failed),
        Subscription("returns.case.revoked.v1", seen.CaseStageSeen, on_case_revoked),
        Subscription("returns.case.refused.v1", seen.CaseStageSeen, on_case_refused),
        Subscription("returns.case.screened.v1", seen.CaseStageSeen, on_case_screened),
        Subscription("returns.case.merged.v1", seen.CaseMergedSeen, on_case_merged),
        Subscription("returns.case.split.v1", seen.CaseSplitSeen, on_case_split),
        Subscription("returns.case.submitted.v1", seen.CaseStageSeen, on_case_submitted),
        Subscription("returns.case.withdrawn.v1", seen.CaseStageSeen, on_case_withdrawn),
        Subscription("registry.commitment.agreed.v1", seen.CommitmentSeen, on_commitment_agreed),
        Subscription("registry.commitment.reported.v1", seen.CommitmentSeen, on_commitment_reported),
        Subscription("registry.commitment.disputed.v1", seen.CommitmentSeen, on_commitment_disputed),
        Subscription("registry.commitment.settled.v1", seen.CommitmentSettledSeen, on_commitment_settled),
        Subscription(
            "registry.component.status-changed.v1", seen.ComponentStatusChangedSeen, on_component_status_changed
        ),
        Subscription("registry.activity.reported.v1", seen.ActivityReportedSeen, on_activity_reported),
        Subscription("registry.dialogue-round.held.v1", seen.RoundHeldSeen, on_dialogue_round_held),
        Subscription("registry.delivery.made.v1", seen.DeliveryMadeSeen, on_delivery_made),
        Subscription("reintegration.funds.reserved.v1", seen.FundsReservedSeen, on_funds_reserved),
        Subscription("registry.partnership.signed.v1", seen.PartnershipSignedSeen, on_partnership_signed),
        Subscription(
            "registry.partnership.status-changed.v1",
            seen.PartnershipStatusChangedSeen,
            on_partnership_status_changed,
        ),
        Subscription("reintegration.payment.reversed.v1", seen.PaymentReversedSeen, on_payment_reversed),
        Subscription("reintegration.payment.settled.v1", seen.PaymentSettledSeen, on_payment_settled),
        Subscription("returns.person.added.v1", seen.PersonAddedSeen, on_person_added),
        Subscription(
            "returns.detention-returns.counted.v1",
            seen_persons.DetentionReturnsCountedSeen,
            on_detention_returns_counted,
        ),
        Subscription("returns.person.deceased.v1", seen_persons.PersonDeceasedSeen, on_person_deceased),
        Subscription("returns.person.linked.v1", seen_persons.PersonLinkedSeen, on_person_linked),
        Subscription("returns.person.removed.v1", seen_persons.PersonRemovedSeen, on_person_removed),
        Subscription("reintegration.plan.activated.v1", seen.PlanActivatedSeen, on_plan_activated),
        Subscription("reintegration.plan.opened.v1", seen.PlanOpenedSeen, on_plan_opened),
        Subscription("reintegration.survey.completed.v1", seen.SurveyCompletedSeen, on_survey_completed),
    ),
)
