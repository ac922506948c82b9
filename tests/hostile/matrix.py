"""Visits every route of a service with every token, role and scope that must not get in, and says what did."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.hostile.ground import Ground, bearer
from tests.hostile.objects import Objects, objects_of
from tests.hostile.probes import NOWHERE, STALE, Probe, Route, Values, probes, routes, twin, values_for
from tests.hostile.scopes import Claims, other_roles, own, strangers
from tests.hostile.tokens import FORGED
from tests.hostile.verdicts import acting_names, bound_names, leak, owned_names, refusal, shape

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


@dataclass
class Matrix:
    """Counts of what was asked, and everything that should not have been answered as it was."""

    found: Ground
    objects: Objects
    counts: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    unaddressed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unproven: list[str] = field(default_factory=list)

    def note(self, what: str, wrong: str | None, about: object) -> None:
        """One answer, and what is wrong with it."""
        self.counts[what] += 1
        if wrong is not None:
            self.leaks.append(f"{wrong} <- {about}"[:900])

    def token(self, role: str, claims: Claims, subject: str = "stranger-1") -> str:
        """A valid token."""
        return bearer(self.found, [role], subject=subject, **claims)


async def visit(found: Ground, *, forged: bool = True) -> Matrix:
    """The whole matrix of one service."""
    matrix = Matrix(found, await objects_of(found.service))
    document = found.service.app.openapi()
    every = sorted(routes(document), key=lambda route: (route.method != "get", route.method == "delete"))
    for route in every:
        values = values_for(route, matrix.objects, found)
        if route.open:
            wrong = None if route.path.endswith(OPEN) else "served without a token"
            matrix.note("routes open to everybody", wrong, route.label)
            continue
        matrix.counts["routes"] += 1
        shown = values or {name: str(NOWHERE) for name in route.path_names}
        probe = next(probes(route, shown))
        if forged:
            await _forged_tokens(matrix, probe)
        await _roles(matrix, probe)
        await _scopes(matrix, route, values)
    for route in every:
        await _proof(matrix, route)
    for route in every:
        await _scope_lost(matrix, route)
    return matrix


async def _forged_tokens(matrix: Matrix, probe: Probe) -> None:
    everything = {"sub": "hostile-1", "roles": matrix.found.roles(), **own(matrix.found)}
    first = await probe.ask(matrix.found, None)
    for name, forge in FORGED.items():
        token = forge(matrix.found.service.issuer, everything)
        answer = await probe.ask(matrix.found, None if token is None else f"Bearer {token}")
        wrong = refusal(answer, 401, "unauthenticated") or (None if answer.body == first.body else "told apart")
        matrix.note("tokens refused (401)", wrong, (name, probe.route.label, answer.text[:200]))


async def _roles(matrix: Matrix, probe: Probe) -> None:
    """A role that is not documented is refused; one that is documented gets past the door."""
    mine = own(matrix.found)
    for role in other_roles(probe.route.roles) if probe.route.roles else ():
        answer = await probe.ask(matrix.found, matrix.token(role, mine))
        matrix.note(
            "roles refused (403)", refusal(answer, 403, "forbidden"), (role, probe.route.label, answer.text[:200])
        )
    for role in probe.route.roles:
        version = None if probe.route.method == "get" else STALE
        answer = await probe.ask(matrix.found, matrix.token(role, mine), version=version, key="documented")
        at_the_door = answer.status in (401, 403) and answer.slug in ("unauthenticated", "forbidden")
        wrong = "a documented role is refused" if at_the_door or not 200 <= answer.status < 500 else None
        matrix.note("documented roles let in", wrong, (role, probe.route.label, answer.status, answer.text[:200]))


async def _scopes(matrix: Matrix, route: Route, values: Values | None) -> None:
    acting = acting_names(route, values or {})
    reached = route.method == "get" and not route.path_names
    for role in route.roles if values is not None else ():
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
        matrix.unaddressed[_why(matrix, route, values)].append(route.label)


def _why(matrix: Matrix, route: Route, values: Values | None) -> str:
    """Why no request to this route can name something that is somebody else's."""
    if values is None:
        return "nothing of the kind was seeded"
    if not any(strangers(role, matrix.found) for role in route.roles):
        return "for roles without bounds" if route.roles else "for everybody who is known"
    return "what it names belongs to the whole house" if values else "it names nothing"


async def _absent(
    matrix: Matrix, route: Route, values: Values, named: list[str], token: str, about: tuple[str, ...]
) -> None:
    """A foreign thing is answered exactly like one that does not exist."""
    pairs = zip(probes(route, values), probes(route, twin(values, named)), strict=True)
    version = '"1"' if route.needs_version else None
    for number, (real, gone) in enumerate(pairs):
        known = await real.ask(matrix.found, token, version=version, key=f"real-{number}")
        unknown = await gone.ask(matrix.found, token, version=version, key=f"gone-{number}")
        if known.status == 422 and known.slug == "invalid" and number + 1 < len(route.bodies):
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
    for number, probe in enumerate(probes(route, values)):
        answer = await probe.ask(matrix.found, token, key=f"behalf-{number}")
        if answer.status == 422 and answer.slug == "invalid" and number + 1 < len(route.bodies):
            continue
        wrong = f"status {answer.status}" if not 400 <= answer.status < 500 else None
        matrix.note("acts in a foreign scope refused", wrong, (*about, probe.body[:300], answer.text[:250]))
        return


async def _proof(matrix: Matrix, route: Route) -> None:
    """For somebody in scope the two are told apart; otherwise the comparison would have proven nothing."""
    values = values_for(route, matrix.objects, matrix.found)
    bounded = [] if values is None or route.open else [role for role in route.roles if strangers(role, matrix.found)]
    named = {role: owned_names(route, values or {}, matrix.objects, role) for role in bounded}
    for role in (role for role in bounded if named[role]):
        token = matrix.token(role, own(matrix.found), subject=f"own-{role}")
        twins = zip(probes(route, values or {}), probes(route, twin(values or {}, named[role])), strict=True)
        for real, gone in twins:
            version = None if route.method == "get" else STALE
            known = await real.ask(matrix.found, token, version=version, key=f"own-{NOWHERE}")
            unknown = await gone.ask(matrix.found, token, version=version, key=f"own-{NOWHERE}")
            if shape(known) != shape(unknown):
                matrix.counts["routes where somebody in scope is answered otherwise"] += 1
                return
    if any(named.values()):
        matrix.unproven.append(route.label)


async def _scope_lost(matrix: Matrix, route: Route) -> None:
    """Whoever did something in scope and has lost it since gets no answer by sending the same request again."""
    values = values_for(route, matrix.objects, matrix.found)
    if route.open or route.method != "post" or not values:
        return
    for role in (role for role in route.roles if owned_names(route, values, matrix.objects, role)):
        for number, probe in enumerate(probes(route, values)):
            asked = {"version": '"1"' if route.needs_version else None, "key": f"kept-{number}"}
            subject = f"moved-{role}"
            done = await probe.ask(matrix.found, matrix.token(role, own(matrix.found), subject), **asked)
            for kind, claims in strangers(role, matrix.found).items() if done.status < 300 else ():
                again = await probe.ask(matrix.found, matrix.token(role, claims, subject), **asked)
                wrong = f"status {again.status}" if not 400 <= again.status < 500 else None
                matrix.note("repeated after the scope was lost", wrong, (role, kind, route.label, again.text[:250]))
            if done.status < 300:
                break


def report(name: str, matrix: Matrix) -> Iterator[str]:
    """What to print."""
    shown = ", ".join(f"{what}: {number}" for what, number in sorted(matrix.counts.items()))
    yield f"access {name}: {shown}; leaks {len(matrix.leaks)}"
    if matrix.unaddressed:
        number = sum(map(len, matrix.unaddressed.values()))
        yield f"access {name}: nothing foreign can be named in {number} routes"
    for reason, labels in sorted(matrix.unaddressed.items()):
        yield f"access {name}: {reason}, {len(labels)} routes: {'; '.join(labels)}"
    if matrix.unproven:
        yield f"access {name}: not told apart by anybody in scope in {len(matrix.unproven)} routes: {'; '.join(matrix.unproven)}"
