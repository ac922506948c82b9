"""The rows of the state machine of a return case: trigger, states, roles, guards, and the kinds of case that have it.

Withdrawal is open from every state before everybody has arrived. No timer ever ends a case: a departure period that is
over raises a flag, and lapse and revocation need two officers.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.returns.domain import advisories, family, guards, landing, safeguard_guards, voluntariness
from services.returns.domain import ending_guards as ending
from services.returns.domain.case_view import State
from services.returns.domain.guards import Guard
from services.returns.domain.transition import (
    AFTER_ARRIVAL,
    AFTER_DECISION,
    ARRIVAL,
    ASSISTED,
    AUTHORITY,
    BEFORE_DECISION,
    BOTH,
    CASEWORK,
    OPEN,
    TRAVEL,
    WITH_DECISION_TO_RETURN,
    Transition,
)

S, T = State, Transition
GATES: tuple[Guard, ...] = (
    *family.FAMILY,
    *family.WEIGHED,
    *voluntariness.CHOICE,
    voluntariness.not_frozen,
    guards.screened,
    guards.identities_known,
    guards.no_stop_advisory,
    advisories.heeded,
    guards.itinerary_known,
    guards.documents_valid,
    guards.journey_announced,
    guards.admission_proven,
    guards.medically_cleared,
    guards.escorts_confirmed,
    safeguard_guards.safeguards_in_place,
    safeguard_guards.may_fly_then,
    safeguard_guards.may_fly_already,
    guards.reconfirmed,
    guards.funds_reserved,
    voluntariness.exit_cleared,
    voluntariness.release_ordered,
)
"""Everything that must hold before anybody boards."""
AT_THE_GATE: tuple[Guard, ...] = (*GATES, voluntariness.property_handed_over, guards.all_boarded)

APPLICATION: tuple[Transition, ...] = (
    T(
        "submit",
        (S.DRAFT,),
        S.SUBMITTED,
        CASEWORK,
        (guards.main_applicant_named, *family.FAMILY, *voluntariness.CHOICE),
        "submit the application",
    ),
    T("screen", (S.SUBMITTED, S.SCREENING), S.SCREENING, BOTH, (), "record the screening"),
    T(
        "find_eligible",
        (S.SCREENING,),
        S.ELIGIBLE,
        BOTH,
        (
            guards.identities_known,
            guards.screened,
            guards.checked,
            *family.CHILDREN,
            family.best_interests_weighed,
        ),
        "find eligible",
    ),
    T("find_ineligible", (S.SCREENING,), S.INELIGIBLE, BOTH, (guards.screened,), "find ineligible"),
    T(
        "approve",
        (S.ELIGIBLE,),
        S.APPROVED,
        AUTHORITY,
        (
            guards.decided_by_another,
            guards.quote_fits,
            *guards.WHO_THEY_ARE,
            guards.screened,
            *family.CHILDREN,
            *family.WEIGHED,
            safeguard_guards.safeguards_for_the_decision,
            guards.every_adult_consented,
            guards.no_stop_advisory,
            advisories.heeded,
            voluntariness.capacity_not_in_doubt,
            voluntariness.nobody_disagrees,
            voluntariness.free_in_detention,
            voluntariness.time_to_think_in_detention,
            voluntariness.not_frozen,
        ),
        "grant assistance",
    ),
    T("refuse", (S.ELIGIBLE,), S.REFUSED, AUTHORITY, (guards.decided_by_another,), "refuse assistance"),
)
JOURNEY: tuple[Transition, ...] = (
    T(
        "start_pre_departure",
        (S.APPROVED,),
        S.PRE_DEPARTURE,
        TRAVEL,
        (guards.funds_reserved, guards.partner_settled, guards.somebody_travels, voluntariness.not_frozen),
        "start the preparation of the journey",
        ASSISTED,
    ),
    T("make_ready", (S.PRE_DEPARTURE, S.READY), S.READY, TRAVEL, GATES, "declare ready to travel", ASSISTED),
    T("fall_back", (S.READY,), S.PRE_DEPARTURE, TRAVEL, (), "take back to preparation", ASSISTED),
    T("depart", (S.READY,), S.DEPARTED, TRAVEL, AT_THE_GATE, "record the departure", ASSISTED),
    T("did_not_board", (S.READY,), S.PRE_DEPARTURE, TRAVEL, (), "record that nobody boarded", ASSISTED),
    T("arrive", (S.DEPARTED,), S.ARRIVED, ARRIVAL, (guards.all_arrived,), "confirm the arrival", ASSISTED),
    T(
        "arrive_on_own",
        (S.APPROVED,),
        S.ARRIVED,
        ARRIVAL,
        (guards.funds_reserved, ending.arrival_shown, guards.somebody_travels),
        "confirm an arrival the person organised",
        ("self_organised",),
    ),
    T("hand_over", (S.ARRIVED,), S.HANDED_OVER, ARRIVAL, (guards.handover_received,), "record the handover"),
    T("close", (S.HANDED_OVER,), S.CLOSED, BOTH, (), "close the file"),
    T("decline_to_continue", (S.DEPARTED,), S.RETURN_FAILED, ARRIVAL, (), "withdraw on the way"),
    T("fail_return", (S.DEPARTED,), S.RETURN_FAILED, TRAVEL, (), "record that the return failed", ASSISTED),
    T(
        "take_up_again",
        (S.RETURN_FAILED,),
        S.PRE_DEPARTURE,
        TRAVEL,
        (guards.every_adult_declared, ending.consented_afresh, voluntariness.capacity_not_in_doubt, ending.sheltered),
        "prepare anew",
        ASSISTED,
        lands=landing.taken_up,
    ),
)
ENDINGS: tuple[Transition, ...] = (
    T(
        "withdraw",
        (*OPEN, S.SUSPENDED, S.RETURN_FAILED, S.LAPSED, S.REVOKED),
        S.WITHDRAWN,
        CASEWORK,
        (),
        "withdraw",
    ),
    T(
        "reopen",
        (S.WITHDRAWN,),
        S.ELIGIBLE,
        BOTH,
        (ending.reopening_in_time, guards.somebody_travels, guards.every_adult_declared, ending.consented_afresh),
        "take a withdrawal back",
        lands=landing.reopened,
    ),
    T("cancel", (*OPEN, S.SUSPENDED, S.RETURN_FAILED), S.CANCELLED, AUTHORITY, (), "cancel"),
    T("close_after_death", (*OPEN, S.SUSPENDED), S.CANCELLED, BOTH, (ending.nobody_left,), "close after a death"),
    T("merge_into_another", BEFORE_DECISION, S.MERGED, BOTH, (ending.nobody_left,), "join another file of the family"),
    T("close_duplicate", (*OPEN, S.SUSPENDED), S.MERGED, AUTHORITY, (ending.nobody_left,), "close a second file"),
    T(
        "close_incomplete",
        (*BEFORE_DECISION, S.SUSPENDED),
        S.CANCELLED,
        ("office_lead", "case_officer"),
        (ending.nobody_left,),
        "close a file nobody could complete",
    ),
    T("grant_status", (*OPEN, S.SUSPENDED), S.STATUS_GRANTED, AUTHORITY, (), "record that the person may stay"),
    T(
        "leave_unassisted",
        (*OPEN, S.SUSPENDED),
        S.DEPARTED_UNASSISTED,
        BOTH,
        (ending.left_on_their_own,),
        "record that they left on their own",
        ASSISTED,
    ),
    T("suspend", OPEN, S.SUSPENDED, BOTH, (), "suspend"),
    T("resume", (S.SUSPENDED,), S.SUSPENDED, BOTH, (ending.cause_of_rest_gone,), "resume", lands=landing.resumed),
    T(
        "lapse",
        AFTER_DECISION,
        S.LAPSED,
        AUTHORITY,
        (ending.period_over, ending.lapse_not_barred, ending.told_in_writing, ending.proposed_and_confirmed),
        "record that the departure period is over",
        WITH_DECISION_TO_RETURN,
    ),
    T(
        "extend",
        (S.LAPSED,),
        S.PRE_DEPARTURE,
        AUTHORITY,
        (ending.period_open, guards.somebody_travels),
        "extend the departure period",
        WITH_DECISION_TO_RETURN,
    ),
    T(
        "revoke",
        AFTER_DECISION,
        S.REVOKED,
        AUTHORITY,
        (ending.heard_and_told, ending.proposed_and_confirmed),
        "revoke the grant",
    ),
)
REVIEWS: tuple[Transition, ...] = (
    T(
        "ask_review",
        (S.REFUSED, S.INELIGIBLE, S.APPROVED, S.SUSPENDED, S.LAPSED, S.REVOKED),
        S.UNDER_REVIEW,
        BOTH,
        (guards.somebody_travels,),
        "ask for a review (refusal, amount, suspension, lapse, revocation)",
    ),
    T(
        "review_grants",
        (S.UNDER_REVIEW,),
        S.ELIGIBLE,
        AUTHORITY,
        (guards.reviewed_by_another,),
        "review: decide anew",
        lands=landing.review_granted,
    ),
    T(
        "review_confirms",
        (S.UNDER_REVIEW,),
        S.REFUSED,
        AUTHORITY,
        (guards.reviewed_by_another,),
        "review: it stands",
        lands=landing.review_confirmed,
    ),
)
CORRECTIONS: tuple[Transition, ...] = (
    T("correct_arrival", AFTER_ARRIVAL, S.DEPARTED, BOTH, (), "correct a wrong arrival", ASSISTED),
    T("correct_own_arrival", AFTER_ARRIVAL, S.APPROVED, BOTH, (), "correct a wrong own arrival", ("self_organised",)),
    T("correct_departure", (S.DEPARTED,), S.PRE_DEPARTURE, BOTH, (), "correct a wrong departure", ASSISTED),
)
TABLE: tuple[Transition, ...] = (*APPLICATION, *JOURNEY, *ENDINGS, *REVIEWS, *CORRECTIONS)
BY_NAME: Mapping[str, Transition] = {transition.name: transition for transition in TABLE}
