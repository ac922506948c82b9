"""docs/reintegration-plan.md: the course of a plan as a diagram and a table, made from the tables in code."""

from __future__ import annotations

from services.reintegration.domain.measure import MEASURE, MeasureState
from services.reintegration.domain.plan import PLAN, PlanState
from services.reintegration.domain.plan_transfer import PLAN_TRANSFER, TransferState
from services.reintegration.domain.recovery import RECOVERY, RecoveryState
from services.reintegration.domain.successor_payee import SUCCESSOR, SuccessorState
from services.reintegration.domain.transitions import Table
from services.reintegration.persistence.reference_data import deadline_rules, default_plan_rules

BEGIN = "<!-- made by `make contracts` from services/reintegration/domain/plan.py: begin -->"
END = "<!-- end -->"
HEAD = """# The reintegration plan

What can become of a plan after the approval of the case. `make check` fails when this page is stale.

## Nobody was met

Whoever arrived and has not been met by the partner is looked for by a ladder of days. At each step the partner and
the office find a notice `plan.not-contacted`; `GET /partner-worklist` shows the step, the next day and how often it
was tried in vain (`POST /plans/{id}/contact-attempts`; an authority of the country of origin is no way of trying).
After the last step the plan is `DORMANT`: **it rests and is not discontinued**, its money stays set aside. Meeting
the family (`/first-contact`) or hearing of them (`/revival`) takes it up again until the programme's window is over;
an approved plan is active at once, any other is drawn up anew with the family. When the window is over people are
told and decide; no timer ends support.

`reintegration.plan.became-dormant` and `reintegration.plan.revived` stand beside the usual facts because neither
`discontinued` nor `activated` would be true: those who count plans must tell a family that waits from one whose help
ended.

## What the partner is asked to do, and by when

A measure is **ordered** with the partner of the plan when the plan is approved, and help of the first days (a
`post_arrival` line) when it is written down: `reintegration.measure.ordered`. What is still to be done when a plan
goes to another partner is ordered with that one. `reintegration.plan.deadline-near` says to the partner, once for each
day, that it comes near: the next step to a first contact, the day by which a plan should be active, the last day on
which one that rests can be taken up again. A day that moves is told of anew; after the end of a plan, or when nobody
of it is left, nothing is. Registry passes both on, with consent and legal basis, to the partner alone and without
saying which kind of help it is: `measure.ordered` and `plan.deadline-near` in [webhooks](webhooks.md). What it may not
be told yet waits for consent, basis and release; what has not reached it when the plan ends, or when the day is over,
is told no more.

## The plan goes to another partner

Until the arrival an office assigns another partner directly. Afterwards a plan **moves with receipts**: the office or
the programme offers it (`POST /plans/{id}/transfers`), the receiver accepts or declines, and the giver hands over
with the number of the signed protocol. **The giver stays responsible until the receipt**, so that no family is
between two partners; for a giver that no longer answers the office gives the receipt, and that shows. When a
partner's contract ends, `POST /partner-transfers` offers all its plans of a programme at once. Asking again is safe:
it adds plans that came later and looks anew at those that could not move, which are listed with their obstacle (`GET
/plan-transfers?partner_transfer_id=&state=NOT_POSSIBLE`). An offer that was declined is not repeated by itself.

What a partner validated the next one validates itself; an approved plan, its measures and its money go on. The steps
to a first contact start anew. `reintegration.plan.transferred` tells the others: returns names the new partner on the
case and takes back packages for the one before, registry sends that one the neutral stop.

**A consent names its recipient, and none is carried over.** `GET /plans/{id}/beneficiary`, what a plan says in words
and the surveys show a partner only persons whose live consent names it for reintegration, on a legal basis that holds,
children when all their adults agree; otherwise 409 `nothing-shared`, which never says why. The office
finds `plan.consent-needed`.

## Somebody dies, or goes abroad again

`POST /plans/{id}/deaths` and `/re-migrations` record, after the arrival, who is no longer of the plan (before it,
returns keeps who travels). What was theirs alone ends: their lines are given back, measures for them that had not
begun are cancelled, after a death also those under way. **What is in use after a re-migration stays valid**, and the
line it is paid from stays set aside. The others go on with the plan; after a death the programme's rule says whether.
If nobody goes on, the plan is discontinued, and here too what is in use is finished and its invoices are payable.
Nothing is claimed back from anybody by itself. Surveys of whoever left are refused (`not-asked`); that is an outcome
and no missing answer.

Where the payee of a line died or went away, open grants that are not with the bank stop and new ones are refused
(`successor-payee`) until a **successor** is proposed by one person and confirmed by another (`POST
/plans/{id}/successor-payees`, `.../decision`): an adult of the plan, a guardian of its children, or an heir. Who
somebody outside the plan is stays sealed. A confirmation can be revoked.

**A record that was a mistake is corrected by another person** of the office or the programme (`GET
/plans/{id}/leavings`, `.../{leaving_id}/correction` with `wrong_person`, `wrong_plan` or `report_was_wrong`; somebody
who comes back later is no mistake). What had stopped with it goes on where it still can: surveys; measures where they
stood, held if their provider is suspended meanwhile; the lines, as far as their budget still has the money (else the
programme finds `funds.not-set-aside-again`); grants, which pass all hands anew. Whoever was to be paid in their place
is no more, and what was asked for them and is not with the bank is cancelled. A plan that had ended by it goes on
(`reintegration.plan.resumed`), an approved one active, any other drawn up anew. `reintegration.person.death-corrected`
says that somebody lives; **what they had allowed to be told stays withdrawn until they say it anew**.

Who is paid is looked at by every hand, not only when a grant is asked for: when a successor is revoked or another one
is confirmed in between, the grant stops there (`successor-payee`, `payee-of-successor`).

`reintegration.person.deceased` says who died after the arrival, because `returns.person.deceased` is about the time
before it; registry then names them to nobody. Whoever went abroad again is named in no event:
`reintegration.plan.amended` holds the new number of persons only.

## Asking a grant back

A re-entry, a new journey abroad or anything else a machine notices **never** leads to a recovery. An officer of the
programme opens one (`POST /plans/{id}/recoveries`) against a living adult of the plan, up to what was paid as a
grant, and says that the person seeks protection nowhere and that the return did not fail for reasons outside their
control. The person is heard, another officer decides on instalments (every thirty days, the last one the rest), and
at any time it can be waived with a code and reasons in words, which stay sealed. It stands in the way of no
counselling, no medical help and no new return; no event speaks of it, partners do not see it. Instalments that came
in are a record here: the ledger changes when finance reverses the payment. Source: design rules of this project,
finding 17.
"""


def reintegration_plan_page() -> str:
    """The whole page."""
    parts = [HEAD, BEGIN, "", "## Periods", "", *_rules(), "", "## The course of a plan", "", *_diagram(PLAN), ""]
    parts += ["## Steps of a transfer", "", *_steps(PLAN_TRANSFER), ""]
    parts += ["## Steps of a successor", "", *_steps(SUCCESSOR), ""]
    parts += ["## Steps of a recovery", "", *_steps(RECOVERY), ""]
    parts += ["## Steps of a plan", "", *_steps(PLAN), "", "## Steps of a measure", "", *_steps(MEASURE), "", END]
    return "\n".join(parts) + "\n"


def _rules() -> list[str]:
    rules, near = default_plan_rules(), deadline_rules()
    leads = ", ".join(f"`{name}` {days}" for name, days in near.lead_days.items())
    steps = ", ".join(str(days) for days in rules.contact_after_days)
    continues = "goes on with" if rules.family_continues_after_death else "does not go on with"
    return [
        f"Reference data `{rules.version}`; a programme publishes its own (`POST /programmes/{{id}}/plan-rules`).",
        "The version that was in force on the day of the arrival counts.",
        "",
        f"- Steps to the first contact: {steps} days after the arrival (or after the plan was revived).",
        f"- A plan that rests can be revived for {rules.support_window_days} days after the arrival.",
        f"- The family {continues} the plan of somebody who died.",
        f"- The partner is told of a day that comes near, in days before it (`{near.version}`): {leads}.",
        *(f"- Source: {source}." for source in rules.source.split("; ")),
    ]


def _diagram(table: Table) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {PlanState.DRAFT}: open the file"]
    for name, row in table.items():
        lines += [f"    {source} --> {row.target}: {name}" for source in _in_order(row.sources) if row.target]
    return [*lines, "```"]


def _steps(table: Table) -> list[str]:
    lines = ["| step | from | to |", "|---|---|---|"]
    for name, row in table.items():
        lines.append(f"| `{name}` | {', '.join(_in_order(row.sources))} | {row.target or 'as it stood'} |")
    return lines


def _in_order(states: frozenset[str]) -> list[str]:
    """As the states are declared, so that the page is the same each time."""
    kinds = (PlanState, MeasureState, TransferState, SuccessorState, RecoveryState)
    declared = [str(state) for kind in kinds for state in kind]
    return sorted((str(state) for state in states), key=declared.index)
