"""docs/travel-documents.md: the course of a request for a travel document, made from its table in code."""

from __future__ import annotations

from services.returns.domain.travel_document_request import ANSWERS, MESSAGES, STEPS

BEGIN = "<!-- made by `make contracts` from services/returns/domain/travel_document_request.py: begin -->"
END = "<!-- end -->"
HEAD = """# Travel documents

How a consulate is asked for a person's paper, and what becomes of it. `make check` fails when this page is stale.

1. A caseworker prepares a package for the consulate (`POST /cases/{id}/disclosures`, purpose `travel_document` or
   `identity_verification`) and a request that rests on it (`POST /cases/{id}/travel-document-requests`).
2. Another officer approves the package, with the check that nobody is endangered. Only the consulate of the
   citizenship the person chose can be told, never about somebody recognised, and not while a claim or remedy is open
   unless the person applies there themself. The request is sent with the approval.
3. The consulate answers by messages or with values under its own token; what it says on paper or by telephone, the
   office records as a step. A refused request is repeated as a new one that follows it.
4. A passport that the person hands in, a withdrawn request or a recalled package end it. The consulate gets the neutral
   stop and never a reason.

State and days follow from the steps alone. A step that was wrong, or that a message said which its sender took back
(`message.voided`), is voided and stays readable; steps and papers that rested on it go with it, a ready case falls
back, and `returns.case.fact-corrected` tells the others. An arrival that rests on a voided message alone is taken back
in the same way: reintegration stops money that it had started and claims nothing back. Where more than the message
speaks for the arrival (a hand-over with a receipt, a closed file), an officer is told and decides.

## When a consulate is silent

Silence is agreement only where a clause in force says so for that kind of request (`deemed_agreement`, `deemed_for`).
When its time to answer is over and nothing is asked back, a case officer confirms it (`.../deemed-agreement`). The
request is then `DEEMED_AGREED`, never `ISSUED`: it permits the paper that the clause names (`document_types`), recorded
with `request_id`. Before anybody travels on it the journey is announced as the clause asks (`announce_days`; step
`announce_itinerary`, anew for another travel date). Who is refused at the border comes back as a failed return
(`refused_at_border`), and the return ticket and shelter are the programme's cost.

## How long a paper must be valid

Beyond the day of arrival, as dated rules ask by destination, airline and kind of paper: `document-validity-v1.json` in
`services/returns/persistence/reference/`, each with its source; most are proposals until the destination's own rule is
entered.

`GET /cases/{id}/checklist/persons` shows for each person what is still open, and which rule a paper does not meet.
"Not a national" is an answer of its own: it makes a check for statelessness due and is no refusal.
"""


def travel_documents_page() -> str:
    """The whole page."""
    parts = [HEAD, BEGIN, "", "## The course of a request", "", *_diagram(), "", "## Steps", "", *_steps(), "", END]
    return "\n".join(parts) + "\n"


def _diagram() -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> PREPARED: prepare"]
    for name, step in STEPS.items():
        moving = [source for source in step.sources if step.target not in (None, source)]
        lines += [f"    {source} --> {step.target}: {name}" for source in moving]
    return [*lines, "```"]


def _steps() -> list[str]:
    lines = ["| step | what happened | from | to | an agency says so by |", "|---|---|---|---|---|"]
    for name, step in STEPS.items():
        target = str(step.target) if step.target else "as it stood"
        said = [f"`{message}`" for message, meant in MESSAGES.items() if meant == name]
        said += [f"answer `{answer}`" for answer, meant in ANSWERS.items() if meant == name]
        lines.append(f"| `{name}` | {step.label} | {', '.join(step.sources)} | {target} | {', '.join(said) or '-'} |")
    return lines
