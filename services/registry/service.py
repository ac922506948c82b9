"""The table of contents of registry."""

from __future__ import annotations

from services.registry.api import (
    activities,
    agency_doors,
    agency_inbox,
    agency_messages,
    agreements,
    attestations,
    certifications,
    code_lists,
    commitment_steps,
    commitments,
    components,
    contacts,
    corridor_advisories,
    deliveries,
    dialogue_rounds,
    endpoint_keys,
    interests,
    offices,
    opportunities,
    partnership_history,
    partnerships,
    programmes,
    progress,
    provider_services,
    questions,
    recipient_keys,
    recipient_standing,
    recipients,
    round_results,
    rule_trials,
    rule_versions,
    webhook_endpoints,
    working_groups,
)
from services.registry.commands import (
    ask_question,
    certify_endpoint,
    make_commitments_due,
    record_due_diligence,
    remind_of_requests,
    retry_waiting,
    run_trials,
    send_deliveries,
    tell_keys,
    watch_disclosures,
)
from services.registry.consumers.agency_message_not_applied import on_agency_message_not_applied as on_not_applied
from services.registry.consumers.case_approved import on_case_approved
from services.registry.consumers.case_cancelled import on_case_cancelled
from services.registry.consumers.case_closed import on_case_closed
from services.registry.consumers.case_departed import on_case_departed
from services.registry.consumers.case_did_not_board import on_case_did_not_board
from services.registry.consumers.case_disclosure_frozen import on_case_disclosure_frozen
from services.registry.consumers.case_disclosure_released import on_case_disclosure_released
from services.registry.consumers.case_lapsed import on_case_lapsed
from services.registry.consumers.case_merged import on_case_merged
from services.registry.consumers.case_opened import on_case_opened
from services.registry.consumers.case_refused import on_case_refused
from services.registry.consumers.case_requests_ended import on_case_requests_ended
from services.registry.consumers.case_resumed import on_case_resumed
from services.registry.consumers.case_return_failed import on_case_return_failed
from services.registry.consumers.case_revoked import on_case_revoked
from services.registry.consumers.case_split import on_case_split
from services.registry.consumers.case_suspended import on_case_suspended
from services.registry.consumers.case_withdrawn import on_case_withdrawn
from services.registry.consumers.consent_given import on_consent_given
from services.registry.consumers.consent_withdrawn import on_consent_withdrawn
from services.registry.consumers.disclosure_answered import on_disclosure_answered
from services.registry.consumers.disclosure_approved import on_disclosure_approved
from services.registry.consumers.disclosure_basis_approved import on_disclosure_basis_approved
from services.registry.consumers.disclosure_basis_ended import on_disclosure_basis_ended
from services.registry.consumers.disclosure_made import on_disclosure_made
from services.registry.consumers.disclosure_recalled import on_disclosure_recalled
from services.registry.consumers.itinerary_changed import on_itinerary_changed
from services.registry.consumers.itinerary_confirmed import on_itinerary_confirmed
from services.registry.consumers.measure_ordered import on_measure_ordered
from services.registry.consumers.payment_settled import on_payment_settled
from services.registry.consumers.person_added import on_person_added
from services.registry.consumers.person_came_of_age import on_person_came_of_age
from services.registry.consumers.person_death_corrected import on_person_death_corrected
from services.registry.consumers.person_deceased import on_person_deceased
from services.registry.consumers.person_own_consent_needed import on_person_own_consent_needed
from services.registry.consumers.person_removed import on_person_removed
from services.registry.consumers.plan_activated import on_plan_activated
from services.registry.consumers.plan_assigned import on_plan_assigned
from services.registry.consumers.plan_completed import on_plan_completed
from services.registry.consumers.plan_deadline_near import on_plan_deadline_near
from services.registry.consumers.plan_discontinued import on_plan_discontinued
from services.registry.consumers.plan_transferred import on_plan_transferred
from services.registry.consumers.referral_answered import on_referral_answered
from services.registry.consumers.referral_ended import on_referral_ended
from services.registry.consumers.referral_made import on_referral_made
from services.registry.consumers.referral_reopened import on_referral_reopened
from services.registry.consumers.release_published import on_release_published
from services.registry.contracts import consumed as seen
from services.registry.contracts import consumed_for_recipients as seen_for
from services.registry.contracts import consumed_referrals as referrals
from services.registry.contracts.published import PUBLISHED
from services.registry.persistence import attempts, confidential, sender_keys, signing_keys, tables
from services.registry.persistence import every_table as every_table
from services.registry.settings import RegistrySettings
from shared.events.subscriptions import Subscription
from shared.rewrap import ServiceSeal
from shared.service import Job, Loop, Service

SERVICE = Service(
    name="registry",
    title="Wayhome registry",
    description="Partnerships, agencies, programmes with their rules, and the one door in and out for agencies.",
    settings=RegistrySettings,
    metadata=tables.RegistryTable.metadata,
    routers=(
        code_lists.router,
        partnerships.router,
        partnership_history.router,
        components.router,
        agreements.router,
        interests.router,
        commitments.router,
        commitment_steps.router,
        progress.router,
        activities.router,
        opportunities.router,
        corridor_advisories.router,
        dialogue_rounds.router,
        round_results.router,
        questions.router,
        working_groups.router,
        recipients.router,
        recipient_standing.router,
        recipient_keys.router,
        contacts.router,
        provider_services.router,
        offices.router,
        programmes.router,
        rule_versions.router,
        rule_trials.router,
        webhook_endpoints.router,
        certifications.router,
        agency_messages.router,
        agency_inbox.router,
        endpoint_keys.router,
        deliveries.router,
        agency_doors.router,
        attestations.router,
    ),
    open_routers=(agency_inbox.page_router,),
    published=PUBLISHED,
    subscriptions=(
        Subscription("returns.agency-message.not-applied.v1", seen.MessageNotAppliedSeen, on_not_applied),
        Subscription("returns.case.approved.v1", seen.CaseApprovedSeen, on_case_approved),
        Subscription("returns.case.cancelled.v1", seen.CaseOverSeen, on_case_cancelled),
        Subscription("returns.case.closed.v1", seen.CaseOverSeen, on_case_closed),
        Subscription("returns.case.departed.v1", seen.CaseDepartedSeen, on_case_departed),
        Subscription("returns.case.did-not-board.v1", seen.DidNotBoardSeen, on_case_did_not_board),
        Subscription("returns.case.disclosure-frozen.v1", seen.FreezeSeen, on_case_disclosure_frozen),
        Subscription("returns.case.disclosure-released.v1", seen.FreezeSeen, on_case_disclosure_released),
        Subscription("returns.case.lapsed.v1", seen.CaseOverSeen, on_case_lapsed),
        Subscription("returns.case.revoked.v1", seen.CaseOverSeen, on_case_revoked),
        Subscription("returns.case.opened.v1", seen.CaseOpenedSeen, on_case_opened),
        Subscription("returns.case.refused.v1", seen.CaseOverSeen, on_case_refused),
        Subscription("returns.case.requests-ended.v1", seen.CaseRequestsEndedSeen, on_case_requests_ended),
        Subscription("returns.case.resumed.v1", seen.CaseOverSeen, on_case_resumed),
        Subscription("returns.case.return-failed.v1", seen.CaseOverSeen, on_case_return_failed),
        Subscription("returns.case.merged.v1", seen.CaseMergedSeen, on_case_merged),
        Subscription("returns.case.split.v1", seen.CaseSplitSeen, on_case_split),
        Subscription("returns.case.suspended.v1", seen.CaseOverSeen, on_case_suspended),
        Subscription("returns.case.withdrawn.v1", seen.CaseOverSeen, on_case_withdrawn),
        Subscription("returns.consent.given.v1", seen.ConsentGivenSeen, on_consent_given),
        Subscription("returns.consent.withdrawn.v1", seen.ConsentWithdrawnSeen, on_consent_withdrawn),
        Subscription("returns.disclosure-basis.approved.v1", seen.BasisApprovedSeen, on_disclosure_basis_approved),
        Subscription("returns.disclosure-basis.ended.v1", seen.BasisEndedSeen, on_disclosure_basis_ended),
        Subscription("returns.disclosure.approved.v1", seen.DisclosureApprovedSeen, on_disclosure_approved),
        Subscription("returns.disclosure.answered.v1", seen.DisclosureAnsweredSeen, on_disclosure_answered),
        Subscription("returns.disclosure.made.v1", seen.DisclosureMadeSeen, on_disclosure_made),
        Subscription("returns.disclosure.recalled.v1", seen.DisclosureRecalledSeen, on_disclosure_recalled),
        Subscription("returns.itinerary.changed.v1", seen.ItinerarySeen, on_itinerary_changed),
        Subscription("returns.itinerary.confirmed.v1", seen.ItinerarySeen, on_itinerary_confirmed),
        Subscription("returns.person.added.v1", seen.PersonAddedSeen, on_person_added),
        Subscription("returns.person.came-of-age.v1", seen.PersonGoneSeen, on_person_came_of_age),
        Subscription("returns.person.own-consent-needed.v1", seen.PersonGoneSeen, on_person_own_consent_needed),
        Subscription("returns.person.deceased.v1", seen.PersonGoneSeen, on_person_deceased),
        Subscription("reintegration.person.deceased.v1", seen.PersonGoneSeen, on_person_deceased),
        Subscription("reintegration.person.death-corrected.v1", seen.PersonGoneSeen, on_person_death_corrected),
        Subscription("returns.person.removed.v1", seen.PersonGoneSeen, on_person_removed),
        Subscription("reintegration.measure.ordered.v1", seen_for.MeasureOrderedSeen, on_measure_ordered),
        Subscription("reintegration.payment.settled.v1", seen.PaymentSettledSeen, on_payment_settled),
        Subscription("reintegration.plan.activated.v1", seen.PlanSeen, on_plan_activated),
        Subscription("reintegration.plan.completed.v1", seen.PlanSeen, on_plan_completed),
        Subscription("reintegration.plan.deadline-near.v1", seen_for.PlanDeadlineNearSeen, on_plan_deadline_near),
        Subscription("reintegration.plan.discontinued.v1", seen.PlanSeen, on_plan_discontinued),
        Subscription("reintegration.plan.resumed.v1", seen.PlanSeen, on_plan_activated),
        Subscription("reintegration.plan.assigned.v1", seen.PlanAssignedSeen, on_plan_assigned),
        Subscription("reintegration.plan.transferred.v1", seen.PlanTransferredSeen, on_plan_transferred),
        Subscription("reintegration.referral.answered.v1", referrals.ReferralMovedSeen, on_referral_answered),
        Subscription("reintegration.referral.ended.v1", referrals.ReferralMovedSeen, on_referral_ended),
        Subscription("reintegration.referral.made.v1", referrals.ReferralMadeSeen, on_referral_made),
        Subscription("reintegration.referral.reopened.v1", referrals.ReferralReopenedSeen, on_referral_reopened),
        Subscription("reporting.release.published.v1", seen_for.ReleasePublishedSeen, on_release_published),
        Subscription("reintegration.agency-message.not-applied.v1", seen.MessageNotAppliedSeen, on_not_applied),
    ),
    jobs=(
        Job("commitments-due", 3_600, make_commitments_due.run),
        Job("watch-due-diligence", 3_600, record_due_diligence.watch),
        *watch_disclosures.JOBS,
        *retry_waiting.JOBS,
        tell_keys.TELL_UNTOLD,
        Job("remind-of-requests", 3_600, remind_of_requests.run),
        Job("questions-late", 3_600, ask_question.tell_late),
    ),
    loops=(
        Loop("webhook-sender", send_deliveries.run),
        Loop("certifier", certify_endpoint.run),
        Loop("rule-trials", run_trials.run),
    ),
    service_seals=(
        ServiceSeal(signing_keys.PURPOSE, "webhook_endpoint", "sealed_signing_key"),
        ServiceSeal(signing_keys.PURPOSE, "endpoint_key", "sealed_key"),
        ServiceSeal(attempts.PURPOSE, "delivery_attempt", "sealed_answer"),
        ServiceSeal(sender_keys.SECRET, "recipient_key", "sealed_secret"),
        *(ServiceSeal(confidential.PURPOSE, table, column) for table, column in confidential.COLUMNS),
    ),
)
