"""Visits every route of a service with every token, role and scope that must not get in, and says what did."""

from __future__ import annotations

from itertools import islice

from tests.hostile.ground import Ground
from tests.hostile.objects import objects_of
from tests.hostile.probes import NOWHERE, STALE, Probe, Route, Values, every_values, probes, routes, twin
from tests.hostile.reasons import EXPLAINED, READ_BY_ALL
from tests.hostile.scopes import other_roles, own, strangers
from tests.hostile.tokens import FORGED
from tests.hostile.verdicts import acting_names, bound_names, leak, owned_names, refusal, shape, undocumented
from tests.hostile.visited import Matrix

OPEN = (
    "/health/live",
    "/health/ready",
    "/v1/dashboard",
    "/registry/inbox",
    "/v1/public/complaints",
    "/v1/public/complaints/{code}",
    "/v1/public/card",
    "/v1/public/card/withdrawal",
    "/returns/card",
    "/returns/card/withdrawal",
    "/returns/card/complaint",
)
"""What is served without a token, in any service; nothing else is."""
MOST_TRIED = 30
"""How many choices of ids are tried until somebody in scope is answered otherwise than about what does not exist."""

MOST_DONE = 3
"""How many bodies are tried until something is done that can be asked for again."""


async def visit(found: Ground) -> Matrix:
    """The whole matrix of one service."""
    tokens = _forged(found)
    matrix = Matrix(found, await objects_of(found.service))
    document = found.service.app.openapi()
    every = sorted(routes(document), key=lambda route: (route.method != "get", route.method == "delete"))
    matrix.choices = {route.label: every_values(route, matrix.objects, found) for route in every}
    for route in every:
        if route.open:
            wrong = None if route.path.endswith(OPEN) else "served without a token"
            matrix.note("routes open to everybody", wrong, route.label)
            continue
        matrix.counts["routes"] += 1
        probe = _shown(matrix, route)
        await _refused_tokens(matrix, probe, tokens)
        await _wrong_roles(matrix, probe)
        await _scopes(matrix, route)
    for route in every:
        await _documented_roles(matrix, route)  # what these do, they do to what the others have been tried on by now
    for route in every:
        await _proof(matrix, route)
    for route in every:
        await _scope_lost(matrix, route)
    return matrix


def _shown(matrix: Matrix, route: Route) -> Probe:
    """The request with the first choice of ids, or with ids of nothing when there is no such thing."""
    return next(probes(route, matrix.values(route) or {name: str(NOWHERE) for name in route.path_names}))


def _forged(found: Ground) -> dict[str, str | None]:
    """Tokens of somebody who might do everything, each wrong in one way."""
    everything = {"sub": "hostile-1", "roles": found.roles(), **own(found)}
    return {name: forge(found.service.issuer, everything) for name, forge in FORGED.items()}


async def _refused_tokens(matrix: Matrix, probe: Probe, tokens: dict[str, str | None]) -> None:
    first = await probe.ask(matrix.found, None)
    for name, token in tokens.items():
        answer = await probe.ask(matrix.found, None if token is None else f"Bearer {token}")
        wrong = refusal(answer, 401, "unauthenticated", probe.route)
        wrong = wrong or (None if answer.body == first.body else "told apart")
        matrix.note("tokens refused (401)", wrong, (name, probe.route.label, answer.text[:200]))


async def _wrong_roles(matrix: Matrix, probe: Probe) -> None:
    """A role that is not documented is refused, whatever else its token says."""
    mine = own(matrix.found)
    for role in other_roles(probe.route.roles) if probe.route.roles else ():
        answer = await probe.ask(matrix.found, matrix.token(role, mine))
        wrong = refusal(answer, 403, "forbidden", probe.route)
        matrix.note("roles refused (403)", wrong, (role, probe.route.label, answer.text[:200]))


async def _documented_roles(matrix: Matrix, route: Route) -> None:
    """A role that is documented gets past the door, and is told only what the document says."""
    mine = own(matrix.found)
    for role in route.roles:
        version = None if route.method == "get" else STALE
        answer = await _shown(matrix, route).ask(
            matrix.found, matrix.token(role, mine), version=version, key="documented"
        )
        at_the_door = answer.status in (401, 403) and answer.slug in ("unauthenticated", "forbidden")
        refused = at_the_door or not 200 <= answer.status < 500
        wrong = "a documented role is refused" if refused else undocumented(answer, route)
        matrix.note("documented roles let in", wrong, (role, route.label, answer.status, answer.text[:200]))


async def _scopes(matrix: Matrix, route: Route) -> None:
    read_by_all = route.method == "get" and route.label in EXPLAINED
    reached = route.method == "get" and not route.path_names
    for role in _bounded(route):
        values = matrix.values(route, role)
        if values is None:
            break
        acting = [] if read_by_all else acting_names(route, values)
        named = owned_names(route, values, matrix.objects, role)
        for kind, claims in strangers(role, matrix.found).items():
            about = (role, kind, route.label)
            token = matrix.token(role, claims, subject=f"stranger-{role}")
            if named:
                await _absent(matrix, route, values, named, token, about)
            elif route.method == "get":
                await _lists(matrix, route, values, token, about)
            if bound_names(role, acting):
                await _on_behalf(matrix, route, values, token, about)
            reached = reached or bool(named or bound_names(role, acting))
    if not reached:
        unbounded = bool(route.roles) and not any(strangers(role, matrix.found) for role in route.roles)
        missing = matrix.unaddressed if matrix.choices[route.label] else matrix.not_seeded
        (matrix.unbounded if unbounded else missing).append(route.label)


def _bounded(route: Route) -> list[str]:
    return [role for role in route.roles if (route.label, role) not in READ_BY_ALL]


async def _absent(
    matrix: Matrix, route: Route, values: Values, named: list[str], token: str, about: tuple[str, ...]
) -> None:
    """A foreign thing is answered exactly like one that does not exist."""
    pairs = zip(probes(route, values), probes(route, twin(values, named)), strict=True)
    version = '"1"' if route.needs_version else None
    tried = matrix.bodies(route)
    for number, (real, gone) in (entry for entry in enumerate(pairs) if entry[0] in tried):
        known = await real.ask(matrix.found, token, version=version, key=f"real-{number}")
        unknown = await gone.ask(matrix.found, token, version=version, key=f"gone-{number}")
        if matrix.not_valid(route, number, known):
            continue
        outcome = (
            "foreign objects absent"
            if known.status == 404
            else f"foreign objects answered {known.status}, as unknown ones"
        )
        outcome = "foreign objects behind a body that is not valid" if known.status == 422 else outcome
        matrix.note(
            outcome,
            leak(known, unknown, route, matrix.objects.secret_ids(about[0])),
            (*about, real.target, real.body[:300], known.status, known.text[:250], unknown.status, unknown.text[:250]),
        )
        return


async def _lists(matrix: Matrix, route: Route, values: Values, token: str, about: tuple[str, ...]) -> None:
    answer = await next(probes(route, values)).ask(matrix.found, token)
    shown = [secret for secret in matrix.objects.secret_ids(about[0]) if secret in answer.text]
    wrong = f"status {answer.status}" if not 200 <= answer.status < 500 else f"shows {shown[:3]}" if shown else None
    matrix.note("lists and figures without anything foreign", wrong, (*about, answer.status, answer.text[:300]))


async def _on_behalf(matrix: Matrix, route: Route, values: Values, token: str, about: tuple[str, ...]) -> None:
    """Something new is not made in a scope that is not the caller's."""
    tried = matrix.bodies(route)
    for number, probe in (entry for entry in enumerate(probes(route, values)) if entry[0] in tried):
        answer = await probe.ask(matrix.found, token, key=f"behalf-{number}")
        if matrix.not_valid(route, number, answer):
            continue
        wrong = f"status {answer.status}" if not 400 <= answer.status < 500 else undocumented(answer, route)
        matrix.note("acts in a foreign scope refused", wrong, (*about, probe.body[:300], answer.text[:250]))
        return


async def _proof(matrix: Matrix, route: Route) -> None:
    """For somebody in scope the two are told apart; otherwise the comparison would have proven nothing."""
    bounded = [] if route.open else [role for role in route.roles if strangers(role, matrix.found)]
    tried = False
    for values in matrix.choices[route.label][:MOST_TRIED]:
        named = {role: owned_names(route, values, matrix.objects, role) for role in bounded}
        for role in (role for role in bounded if named[role]):
            tried = True
            if await _told_apart(matrix, route, values, named[role], role):
                matrix.counts["routes where somebody in scope is answered otherwise"] += 1
                return
    if tried:
        matrix.unproven.append(route.label)


async def _told_apart(matrix: Matrix, route: Route, values: Values, named: list[str], role: str) -> bool:
    version = None if route.method == "get" else STALE
    for subject in (f"own-{role}", f"{role}-1", "cw-1"):  # some things answer their author alone
        token = matrix.token(role, own(matrix.found), subject=subject)
        for real, gone in zip(probes(route, values), probes(route, twin(values, named)), strict=True):
            known = await real.ask(matrix.found, token, version=version, key=f"own-{NOWHERE}")
            unknown = await gone.ask(matrix.found, token, version=version, key=f"own-{NOWHERE}")
            if shape(known) != shape(unknown):
                return True
    return False


async def _scope_lost(matrix: Matrix, route: Route) -> None:
    """Whoever did something in scope and has lost it since gets no answer by sending the same request again."""
    for role in route.roles if route.method == "post" and not route.open else ():
        values = matrix.values(route, role)
        if not values or not owned_names(route, values, matrix.objects, role):
            continue
        tried = matrix.bodies(route)
        for number, probe in islice((e for e in enumerate(probes(route, values)) if e[0] in tried), MOST_DONE):
            asked = {"version": '"1"' if route.needs_version else None, "key": f"kept-{number}"}
            subject = f"moved-{role}"
            done = await probe.ask(matrix.found, matrix.token(role, own(matrix.found), subject), **asked)
            matrix.not_valid(route, number, done)
            for kind, claims in strangers(role, matrix.found).items() if done.status < 300 else ():
                again = await probe.ask(matrix.found, matrix.token(role, claims, subject), **asked)
                wrong = f"status {again.status}" if not 400 <= again.status < 500 else None
                matrix.note("repeated after the scope was lost", wrong, (role, kind, route.label, again.text[:250]))
            if done.status < 300:
                break
