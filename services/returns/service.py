"""The table of contents of returns."""

from __future__ import annotations

from services.returns.api import (
    advisories,
    agency_disclosures,
    assistance,
    card_pages,
    cards,
    cases,
    children,
    clock_rules,
    complaints,
    concerns,
    counselling,
    country_questions,
    courses,
    deadlines,
    decisions,
    disclosure_answers,
    disclosure_bases,
    disclosures,
    documents,
    duplicates,
    endings,
    erasures,
    escorts,
    facts,
    families,
    funding,
    host_checklist,
    imports,
    incidents,
    itineraries,
    journeys,
    medical_clearances,
    non_arrivals,
    person_files,
    persons,
    processing_bases,
    reconciliations,
    safeguards,
    travel_documents,
)
from services.returns.commands import (
    advance_deadlines,
    carry_out_erasures,
    count_detention_returns,
    destroy_contact_notes,
    destroy_import_file,
    flag_provisional_persons,
    keep_person_index,
    note_ages,
    recheck_ready_cases,
    run_imports,
    settle_disclosures,
    tidy_documents,
    watch_complaints,
)
from services.returns.consumers.advisory_lifted import on_advisory_lifted
from services.returns.consumers.advisory_published import on_advisory_published
from services.returns.consumers.agency_enrolled import on_agency_enrolled
from services.returns.consumers.agency_message_received import on_agency_message_received
from services.returns.consumers.agency_suspended import on_agency_suspended
from services.returns.consumers.agreement_published import on_agreement_published
from services.returns.consumers.component_status_changed import on_component_status_changed
from services.returns.consumers.funds_refused import on_funds_refused
from services.returns.consumers.funds_released import on_funds_released
from services.returns.consumers.funds_reserved import on_funds_reserved
from services.returns.consumers.measure_held import on_measure_held
from services.returns.consumers.measure_hold_lifted import on_measure_hold_lifted
from services.returns.consumers.partner_enrolled import on_partner_enrolled
from services.returns.consumers.partner_suspended import on_partner_suspended
from services.returns.consumers.payment_failed import on_payment_failed
from services.returns.consumers.payment_reversed import on_payment_reversed
from services.returns.consumers.payment_settled import on_payment_settled
from services.returns.consumers.person_death_corrected import on_person_death_corrected
from services.returns.consumers.person_deceased import on_person_deceased
from services.returns.consumers.plan_opened import on_plan_opened
from services.returns.consumers.plan_transferred import on_plan_transferred
from services.returns.consumers.programme_closed import on_programme_closed
from services.returns.consumers.programme_quoted import on_programme_quoted
from services.returns.consumers.programme_rules_published import on_programme_rules_published
from services.returns.consumers.provider_enrolled import on_provider_enrolled
from services.returns.consumers.provider_suspended import on_provider_suspended
from services.returns.consumers.recipient_keys_changed import on_recipient_keys_changed
from services.returns.contracts import consumed as seen
from services.returns.contracts import consumed_providers as providers
from services.returns.contracts import (
    published,
    published_contacts,
    published_disclosure,
    published_endings,
    published_families,
    published_funding,
    published_incidents,
    published_papers,
)
from services.returns.contracts.consumed_persons import PersonDeathCorrectedSeen, PersonDeceasedSeen
from services.returns.persistence import every_table as every_table
from services.returns.persistence import tables
from services.returns.settings import ReturnsSettings
from shared.events.subscriptions import Subscription
from shared.service import Job, Loop, Service

SERVICE = Service(
    name="returns",
    title="Wayhome returns",
    description="Voluntary return cases from application to arrival. Withdrawal is always possible.",
    settings=ReturnsSettings,
    metadata=tables.ReturnsTable.metadata,
    routers=(
        cases.router,
        persons.router,
        children.router,
        concerns.router,
        decisions.router,
        safeguards.router,
        journeys.router,
        endings.router,
        erasures.router,
        courses.router,
        facts.router,
        facts.rules_router,
        processing_bases.router,
        travel_documents.router,
        medical_clearances.router,
        escorts.router,
        itineraries.router,
        advisories.router,
        families.router,
        funding.router,
        incidents.router,
        non_arrivals.router,
        host_checklist.router,
        documents.router,
        duplicates.router,
        assistance.router,
        reconciliations.router,
        disclosure_bases.router,
        disclosures.router,
        disclosure_answers.router,
        agency_disclosures.router,
        deadlines.router,
        clock_rules.router,
        imports.router,
        person_files.router,
        complaints.router,
        counselling.router,
        country_questions.router,
        cards.router,
    ),
    open_routers=(card_pages.page_router,),
    published=(
        *published.PUBLISHED,
        *published_disclosure.PUBLISHED,
        *published_endings.PUBLISHED,
        *published_families.PUBLISHED,
        *published_funding.PUBLISHED,
        *published_incidents.PUBLISHED,
        *published_papers.PUBLISHED,
        *published_contacts.PUBLISHED,
    ),
    jobs=(
        Job(flag_provisional_persons.JOB, 3_600, flag_provisional_persons.run),
        Job(advance_deadlines.JOB, 60, advance_deadlines.run),
        Job(recheck_ready_cases.JOB, 3_600, recheck_ready_cases.run),
        Job(keep_person_index.JOB, 30, keep_person_index.run),
        Job(destroy_import_file.JOB, 3_600, destroy_import_file.run),
        *tidy_documents.JOBS,
        Job(watch_complaints.JOB, 3_600, watch_complaints.run),
        Job(destroy_contact_notes.JOB, 3_600, destroy_contact_notes.run),
        Job(carry_out_erasures.JOB, 3_600, carry_out_erasures.run),
        Job(count_detention_returns.JOB, 86_400, count_detention_returns.run),
        *note_ages.JOBS,
        *settle_disclosures.JOBS,
    ),
    uploads=(r"/returns/v1/imports/[^/]+/file", r"/returns/v1/documents/[^/]+/content"),
    loops=(Loop(run_imports.LOOP, run_imports.run),),
    before_commit=settle_disclosures.at_the_end,
    subscriptions=(
        Subscription("registry.advisory.lifted.v1", seen.AdvisoryLiftedSeen, on_advisory_lifted),
        Subscription("registry.advisory.published.v1", seen.AdvisoryPublishedSeen, on_advisory_published),
        Subscription("registry.agency-message.received.v1", seen.AgencyMessageSeen, on_agency_message_received),
        Subscription("registry.agreement.published.v1", seen.AgreementPublishedSeen, on_agreement_published),
        Subscription("registry.agency.enrolled.v1", seen.RecipientEnrolledSeen, on_agency_enrolled),
        Subscription("registry.recipient.keys-changed.v1", seen.RecipientKeysSeen, on_recipient_keys_changed),
        Subscription("registry.agency.suspended.v1", seen.AgencySuspendedSeen, on_agency_suspended),
        Subscription(
            "registry.component.status-changed.v1", seen.ComponentStatusChangedSeen, on_component_status_changed
        ),
        Subscription("registry.partner.enrolled.v1", seen.PartnerEnrolledSeen, on_partner_enrolled),
        Subscription("registry.partner.suspended.v1", seen.PartnerSuspendedSeen, on_partner_suspended),
        Subscription("registry.provider.enrolled.v1", providers.ProviderEnrolledSeen, on_provider_enrolled),
        Subscription("registry.provider.suspended.v1", providers.ProviderSuspendedSeen, on_provider_suspended),
        Subscription("registry.programme.closed.v1", seen.ProgrammeClosedSeen, on_programme_closed),
        Subscription("registry.programme.quoted.v1", seen.QuotedSeen, on_programme_quoted),
        Subscription("registry.programme.rules-published.v1", seen.RulesPublishedSeen, on_programme_rules_published),
        Subscription("reintegration.funds.refused.v1", seen.FundsAnsweredSeen, on_funds_refused),
        Subscription("reintegration.funds.released.v1", seen.FundsAnsweredSeen, on_funds_released),
        Subscription("reintegration.funds.reserved.v1", seen.FundsAnsweredSeen, on_funds_reserved),
        Subscription("reintegration.measure.held.v1", seen.MeasureHeldSeen, on_measure_held),
        Subscription("reintegration.measure.hold-lifted.v1", seen.MeasureHoldLiftedSeen, on_measure_hold_lifted),
        Subscription("reintegration.payment.failed.v1", seen.PaymentFailedSeen, on_payment_failed),
        Subscription("reintegration.payment.reversed.v1", seen.PaymentReversedSeen, on_payment_reversed),
        Subscription("reintegration.payment.settled.v1", seen.PaymentSettledSeen, on_payment_settled),
        Subscription("reintegration.person.death-corrected.v1", PersonDeathCorrectedSeen, on_person_death_corrected),
        Subscription("reintegration.person.deceased.v1", PersonDeceasedSeen, on_person_deceased),
        Subscription("reintegration.plan.opened.v1", seen.PlanOpenedSeen, on_plan_opened),
        Subscription("reintegration.plan.transferred.v1", seen.PlanTransferredSeen, on_plan_transferred),
    ),
)
