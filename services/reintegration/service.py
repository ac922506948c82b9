"""The table of contents of reintegration."""

from __future__ import annotations

from services.reintegration.api import (
    budgets,
    contacts,
    exchange,
    held_measures,
    leaving,
    lines,
    measures,
    partner,
    partner_transfers,
    payment_failures,
    payments,
    plan_rules,
    plans,
    receipt_keys,
    recoveries,
    referrals,
    successor_payees,
    surveys,
    transfers,
)
from services.reintegration.commands import (
    seal_waiting_payees,
    tell_near_deadlines,
    watch_first_contacts,
    watch_money_clocks,
)
from services.reintegration.consumers.agency_message_received import on_agency_message_received
from services.reintegration.consumers.case_approved import on_case_approved
from services.reintegration.consumers.case_arrived import on_case_arrived
from services.reintegration.consumers.case_budget_named import on_case_budget_named
from services.reintegration.consumers.case_cancelled import on_case_cancelled
from services.reintegration.consumers.case_closed import on_case_closed
from services.reintegration.consumers.case_departed import on_case_departed
from services.reintegration.consumers.case_did_not_board import on_case_did_not_board
from services.reintegration.consumers.case_fact_corrected import on_case_fact_corrected
from services.reintegration.consumers.case_grant_extended import on_case_grant_extended
from services.reintegration.consumers.case_lapsed import on_case_lapsed
from services.reintegration.consumers.case_merged import on_case_merged
from services.reintegration.consumers.case_opened import on_case_opened
from services.reintegration.consumers.case_refused import on_case_refused
from services.reintegration.consumers.case_resumed import on_case_resumed
from services.reintegration.consumers.case_return_failed import on_case_return_failed
from services.reintegration.consumers.case_revoked import on_case_revoked
from services.reintegration.consumers.case_split import on_case_split
from services.reintegration.consumers.case_withdrawn import on_case_withdrawn
from services.reintegration.consumers.consent_given import on_consent_given
from services.reintegration.consumers.consent_withdrawn import on_consent_withdrawn
from services.reintegration.consumers.disclosure_basis_approved import on_disclosure_basis_approved
from services.reintegration.consumers.disclosure_basis_ended import on_disclosure_basis_ended
from services.reintegration.consumers.partner_enrolled import on_partner_enrolled
from services.reintegration.consumers.partner_suspended import on_partner_suspended
from services.reintegration.consumers.person_deceased import on_person_deceased
from services.reintegration.consumers.person_erasure_ordered import on_person_erasure_ordered
from services.reintegration.consumers.provider_enrolled import on_provider_enrolled
from services.reintegration.consumers.provider_service_changed import on_provider_service_changed
from services.reintegration.consumers.provider_suspended import on_provider_suspended
from services.reintegration.consumers.referral_checked import on_referral_checked
from services.reintegration.consumers.referral_waiting import on_referral_waiting
from services.reintegration.consumers.request_ended import on_request_ended
from services.reintegration.contracts import consumed as seen
from services.reintegration.contracts import (
    consumed_referrals,
    published,
    published_holds,
    published_plan_courses,
    published_plan_endings,
    published_referrals,
    published_to_partners,
)
from services.reintegration.persistence import course_tables as course_tables
from services.reintegration.persistence import exchange_tables as exchange_tables
from services.reintegration.persistence import outward_tables as outward_tables
from services.reintegration.persistence import payments as sealed_payments
from services.reintegration.persistence import receipt_keys as sealed_receipt_keys
from services.reintegration.persistence import referral_tables as referral_tables
from services.reintegration.persistence import support_tables as support_tables
from services.reintegration.persistence.tables import ReintegrationTable
from services.reintegration.settings import ReintegrationSettings
from shared.events.subscriptions import Subscription
from shared.rewrap import ServiceSeal
from shared.service import Job, Service

SERVICE = Service(
    name="reintegration",
    title="Wayhome reintegration",
    description="Budgets and ledger, assistance lines and payments, plans and measures, surveys.",
    settings=ReintegrationSettings,
    metadata=ReintegrationTable.metadata,
    routers=(
        budgets.router,
        lines.router,
        payments.router,
        payment_failures.router,
        plans.router,
        contacts.router,
        leaving.router,
        successor_payees.router,
        recoveries.router,
        plan_rules.router,
        transfers.router,
        partner_transfers.router,
        measures.router,
        held_measures.router,
        referrals.router,
        receipt_keys.router,
        exchange.router,
        partner.router,
        surveys.router,
    ),
    published=(
        *published.PUBLISHED,
        *published_holds.PUBLISHED,
        *published_plan_endings.PUBLISHED,
        *published_plan_courses.PUBLISHED,
        *published_referrals.PUBLISHED,
        *published_to_partners.PUBLISHED,
    ),
    subscriptions=(
        Subscription("returns.case.approved.v1", seen.CaseApprovedSeen, on_case_approved),
        Subscription("returns.case.arrived.v1", seen.CaseTravelSeen, on_case_arrived),
        Subscription("returns.case.budget-named.v1", seen.CaseBudgetNamedSeen, on_case_budget_named),
        Subscription("returns.case.cancelled.v1", seen.CaseEndedSeen, on_case_cancelled),
        Subscription("returns.case.closed.v1", seen.CaseClosedSeen, on_case_closed),
        Subscription("returns.case.departed.v1", seen.CaseTravelSeen, on_case_departed),
        Subscription("returns.case.did-not-board.v1", seen.CaseDidNotBoardSeen, on_case_did_not_board),
        Subscription("returns.case.fact-corrected.v1", seen.CaseFactCorrectedSeen, on_case_fact_corrected),
        Subscription("returns.case.grant-extended.v1", seen.CaseGrantExtendedSeen, on_case_grant_extended),
        Subscription("returns.case.lapsed.v1", seen.CaseEndedSeen, on_case_lapsed),
        Subscription("returns.case.revoked.v1", seen.CaseEndedSeen, on_case_revoked),
        Subscription("returns.case.opened.v1", seen.CaseOpenedSeen, on_case_opened),
        Subscription("returns.case.refused.v1", seen.CaseEndedSeen, on_case_refused),
        Subscription("returns.case.resumed.v1", seen.CaseClosedSeen, on_case_resumed),
        Subscription("returns.case.return-failed.v1", seen.CaseEndedSeen, on_case_return_failed),
        Subscription("returns.case.merged.v1", seen.CaseMergedSeen, on_case_merged),
        Subscription("returns.case.split.v1", seen.CaseSplitSeen, on_case_split),
        Subscription("returns.case.withdrawn.v1", seen.CaseEndedSeen, on_case_withdrawn),
        Subscription("returns.consent.given.v1", seen.ConsentGivenSeen, on_consent_given),
        Subscription("returns.consent.withdrawn.v1", seen.ConsentWithdrawnSeen, on_consent_withdrawn),
        Subscription("returns.disclosure-basis.approved.v1", seen.BasisApprovedSeen, on_disclosure_basis_approved),
        Subscription("returns.disclosure-basis.ended.v1", seen.BasisEndedSeen, on_disclosure_basis_ended),
        Subscription("registry.partner.enrolled.v1", seen.PartnerEnrolledSeen, on_partner_enrolled),
        Subscription("registry.partner.suspended.v1", seen.PartnerSuspendedSeen, on_partner_suspended),
        Subscription(
            "registry.agency-message.received.v1", consumed_referrals.AgencyMessageSeen, on_agency_message_received
        ),
        Subscription(
            "registry.provider-service.changed.v1", consumed_referrals.ProviderServiceSeen, on_provider_service_changed
        ),
        Subscription("registry.referral.checked.v1", consumed_referrals.ReferralCheckedSeen, on_referral_checked),
        Subscription("registry.request.ended.v1", consumed_referrals.RequestEndedSeen, on_request_ended),
        Subscription("registry.referral.waiting.v1", consumed_referrals.ReferralWaitingSeen, on_referral_waiting),
        Subscription("registry.provider.enrolled.v1", seen.ProviderEnrolledSeen, on_provider_enrolled),
        Subscription("registry.provider.suspended.v1", seen.ProviderSuspendedSeen, on_provider_suspended),
        Subscription("returns.person.deceased.v1", seen.PersonDeceasedSeen, on_person_deceased),
        Subscription("returns.person.erasure-ordered.v1", seen.PersonErasureOrderedSeen, on_person_erasure_ordered),
    ),
    jobs=(
        Job("watch-money-clocks", 3_600, watch_money_clocks.run),
        Job(watch_first_contacts.JOB, 3_600, watch_first_contacts.run),
        Job(tell_near_deadlines.JOB, 3_600, tell_near_deadlines.run),
        Job(seal_waiting_payees.JOB, 3_600, seal_waiting_payees.run),
    ),
    service_seals=(
        ServiceSeal(sealed_payments.INVOICE_PAYEE, "payment", "payee_sealed", unless="payee_person_id"),
        ServiceSeal(sealed_payments.INVOICE_PAYEE, "payee_change", "payee_sealed", unless="payee_person_id"),
        ServiceSeal(sealed_receipt_keys.RECEIPT_KEY, "receipt_key", "sealed_key"),
    ),
)
