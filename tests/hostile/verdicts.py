"""Whether an answer lets somebody in or tells them something, and what a request names that may belong to somebody."""

from __future__ import annotations

import re
from typing import Any

from shared.problems import MEDIA_TYPE
from tests.hostile.judge import broken_problem
from tests.hostile.objects import Objects
from tests.hostile.probes import Route, Values
from tests.hostile.raw import Answer
from tests.hostile.scopes import SCOPE_OF

CLAIM_OF = {
    "offices": ("office_id",),
    "authority_id": ("authority_id",),
    "agency_id": ("agency_id", "owner_id", "recipient_id"),
    "partner_id": ("partner_id", "owner_id", "recipient_id"),
    "provider_id": ("provider_id", "owner_id", "recipient_id"),
    "programmes": ("programme_id",),
    "partnership_id": ("partnership_id",),
}
"""What in a path or body says on whose behalf something is done, by the claim that must allow it."""

PROGRAMMES_OF_ALL = re.compile(r"/registry/v1/programmes/(?!.*/trials/.*/differences)")
"""Programmes are read by all of the house, but for which cases a trial would change, and anybody there may ask for a quote."""


def refusal(answer: Answer, status: int, slug: str, route: Route) -> str | None:
    """What is wrong with a refusal."""
    if answer.status != status:
        return f"status {answer.status}, not {status}"
    wrong = broken_problem(answer) or (None if answer.slug == slug else f"slug {answer.slug}")
    return wrong or undocumented(answer, route)


def undocumented(answer: Answer, route: Route) -> str | None:
    """Whether the document does not say that this route answers so: its status, and of a problem its slug."""
    said = route.operation["responses"].get(str(answer.status))
    if said is None:
        unasked = answer.status == 412  # said to an If-Match that we send where the document does not ask for one
        return None if unasked else f"not documented: status {answer.status}"
    if answer.status < 400:
        return None
    examples = said.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
    return broken_problem(answer) or (None if answer.slug in examples else f"not documented: {answer.slug}")


def leak(known: Answer, unknown: Answer, route: Route, secrets: set[str]) -> str | None:
    """How a foreign thing was told apart from one that does not exist."""
    if not 200 <= known.status < 500 or (known.status == 401 and known.slug == "unauthenticated"):
        return f"status {known.status}"
    if shape(known) != shape(unknown):
        return "a foreign object is told apart from an unknown one"
    if known.status < 400 and route.method != "get":
        return f"status {known.status}"
    shown = [secret for secret in secrets if known.status < 400 and secret in known.text]
    return f"shows {shown[:3]}" if shown else undocumented(known, route)


def shape(answer: Answer) -> tuple[Any, ...]:
    """Everything of an answer that could tell one thing from another."""
    headers = sorted((name, value) for name, value in answer.headers.items() if name != "x-request-id")
    return answer.status, answer.body, headers


def owned_names(route: Route, values: Values, objects: Objects, role: str) -> list[str]:
    """The names in path, query and body that pick something which belongs to somebody."""
    names = [
        *route.path_names,
        *(name.replace("person_id", "person_ref") for name in route.query_names),
        *route.body_names,
    ]
    return [name for name in dict.fromkeys(names) if name in values and objects.owned(name, role)]


def acting_names(route: Route, values: Values) -> list[str]:
    """The fields of a path or body that say on whose behalf something is done."""
    every = {name for names in CLAIM_OF.values() for name in names}
    named = dict.fromkeys([*route.path_names, *route.body_names])
    of_all = route.method == "get" or route.path.endswith("/quote")
    together = {"programme_id"} if of_all and PROGRAMMES_OF_ALL.match(route.path) else set()
    if route.method == "get":
        named, every = dict.fromkeys(route.path_names), {"programme_id"}
    return [name for name in named if name in every - together and name in values]


def bound_names(role: str, acting: list[str]) -> list[str]:
    """Those of them that the claims of this role bound."""
    return [name for claim in SCOPE_OF.get(role, ()) for name in CLAIM_OF.get(claim, ()) if name in acting]
