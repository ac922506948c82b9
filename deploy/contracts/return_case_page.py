"""docs/return-case.md: the state machine of a return case as a diagram and a table, made from the table in code."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

from services.returns.domain.case_kinds import SKIPPED_GUARDS
from services.returns.domain.facts import FACT_KINDS
from services.returns.domain.guards import Guard
from services.returns.domain.transition import KINDS, Transition
from services.returns.domain.transition_table import (
    APPLICATION,
    CORRECTIONS,
    ENDINGS,
    JOURNEY,
    REVIEWS,
)

BEGIN = "<!-- made by `make contracts` from services/returns/domain/transition_table.py: begin -->"
END = "<!-- end -->"
HEAD = """# The return case

Where a case may go, who may take it there, and what must be so before. `make check` fails when this page is stale.

- Each person has a travel status of their own: `INCLUDED`, `READY`, `BOARDED`, `ARRIVED`, or `NOT_TRAVELLING` with a
  reason (withdrew, missing, deceased, separate case). The case is `DEPARTED` when everybody who is still included has
  boarded; whoever stays behind gets a file of their own in the same step.
- Withdrawing needs no reason, no second person and no version, from every state until everybody has arrived; on the way
  it ends the journey (`RETURN_FAILED`). It can be taken back within the programme's days, with fresh consent.
- No timer ends a case. A departure period that is over raises `deadline.missed` and a flag for an officer. Lapse and
  revocation need two officers, the reasons in writing and (revocation) a hearing; a review by a third is open.
- A ready case goes back to `PRE_DEPARTURE` by itself when a gate no longer holds; its itinerary stays.
- A step that is refused answers 409 `transition-not-allowed` with `missing` (a code and a sentence each) and
  `open_transitions`. `GET /cases/{id}/checklist` says the same before anybody tries.
- Reasons stay in returns. Facts carry a group only, and that somebody may stay, lapsed or was revoked is never told
  outside: told recipients get the one neutral stop.
"""
PARTS = (
    ("Application and decision", APPLICATION),
    ("Journey", JOURNEY),
    ("Other courses", ENDINGS),
    ("Reviews", REVIEWS),
    ("Corrections", CORRECTIONS),
)
DRAWN = (*APPLICATION, *JOURNEY)


def return_case_page() -> str:
    """The whole page."""
    parts = [HEAD, BEGIN, "", "## The path", "", *_diagram(DRAWN), "", "## Other courses as a diagram", ""]
    parts += [*_diagram((*ENDINGS, *REVIEWS, *CORRECTIONS)), ""]
    for title, rows in PARTS:
        parts += [f"## {title}", "", *_table(rows), ""]
    parts += ["## What the guards ask", "", *_guards(), "", "## Recorded facts", "", *_facts(), "", END]
    return "\n".join(parts) + "\n"


def _diagram(rows: Sequence[Transition]) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2"]
    if rows[0] is APPLICATION[0]:
        lines.append("    [*] --> DRAFT: open the file")
    for row in rows:
        lines += [f"    {source} --> {row.target}: {row.name}" for source in row.sources if source is not row.target]
    return [*lines, "```"]


def _table(rows: Sequence[Transition]) -> list[str]:
    head = ["| step | from | to | who | must be so |", *(f" {kind} |" for kind in KINDS)]
    lines = ["".join(head), "|---|---|---|---|---|" + "---|" * len(KINDS)]
    for row in rows:
        target = f"{row.target} (or as the case stood)" if row.lands else str(row.target)
        guards = ", ".join(_name(guard) for guard in row.guards) or "nothing"
        columns = "".join(f" {_column(row, kind)} |" for kind in KINDS)
        sources, who = ", ".join(row.sources), ", ".join(row.roles)
        lines.append(f"| `{row.name}`: {row.label} | {sources} | {target} | {who} | {guards} |{columns}")
    return lines


def _column(row: Transition, kind: str) -> str:
    """Whether the step exists for a kind of case, and without which guards."""
    if kind not in row.kinds:
        return "no such step"
    without = [_name(guard) for guard in row.guards if guard in SKIPPED_GUARDS[kind]]
    return f"without {', '.join(without)}" if without else "yes"


def _guards() -> list[str]:
    found = dict.fromkeys(guard for _, rows in PARTS for row in rows for guard in row.guards)
    return [f"- {_name(guard)}: {_told(guard)}" for guard in found]


def _facts() -> list[str]:
    lines = ["| kind | what it says | of a person | values | who |", "|---|---|---|---|---|"]
    for kind in FACT_KINDS.values():
        told = f"{kind.told} (sealed in the office until the departure)" if kind.sealed_until_departure else kind.told
        person, values = "yes" if kind.of_person else "no", ", ".join(kind.values) or "-"
        lines.append(f"| `{kind.name}` | {told} | {person} | {values} | {', '.join(kind.roles)} |")
    return lines


def _name(guard: Guard) -> str:
    return guard.__name__.replace("_", " ")


def _told(guard: Guard) -> str:
    return " ".join((inspect.getdoc(guard) or "").split())
