"""The OpenAPI document of a service, completed: who may call, which headers a command takes, which problems come back.

What every route shares is said here once, so that no route can forget it: the bearer token and the roles behind it,
Idempotency-Key and If-Match, and the RFC 9457 problems of the kit. A route's own problems stay with the route.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from shared.errors import Forbidden, Invalid, NotFound, PayloadTooLarge, Unauthenticated, Unavailable, WayhomeError
from shared.http_api import IfMatchNotValid, caller
from shared.idempotency import KEY_FORM, IdempotencyKeyMissing, IdempotencyKeyReused, RequestInProgress
from shared.problems import MEDIA_TYPE, PROBLEM_SCHEMA, TYPE_PREFIX
from shared.vocabulary import MEANINGS, with_meanings

Document = dict[str, Any]
METHODS = ("delete", "get", "patch", "post", "put")
NAMED = re.compile(r"(.+?) \(`([a-z0-9-]+)`\)(?:, |$)")
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "Your own key for this request; sent again with the same key and body it has one effect only.",
    "schema": {"type": "string", "pattern": f"^{KEY_FORM.pattern}$"},
    "example": "8c0d2f6e-open-case",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag that you read; 412 if somebody else has changed it since.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
    "example": '"3"',
}
FIELD_ERROR = {
    "type": "object",
    "description": "One field that is not valid; its value is not repeated.",
    "required": ["where", "code", "message"],
    "properties": {
        "where": {"type": "string", "description": "Path to the field."},
        "code": {"type": "string", "description": "Stable name of what is wrong."},
        "message": {"type": "string", "description": "What is wrong, in English."},
    },
}
BEARER = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "Access token of the OpenID Connect issuer, audience `wayhome`; roles and scopes are its claims.",
}
PROBLEM = {"$ref": "#/components/schemas/Problem"}
COMMAND_PROBLEMS = (IdempotencyKeyMissing, IdempotencyKeyReused, RequestInProgress)
SUCCESS = {"200": "As asked", "201": "Created", "202": "Taken; it is done later"}
REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true` when the same request was served before; it had its effect then.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer"}}}
CHALLENGE = {"WWW-Authenticate": {"description": "Always `Bearer`.", "schema": {"type": "string"}}}
HEADERS: Mapping[int, Document] = {401: CHALLENGE, 429: RETRY_AFTER, 503: RETRY_AFTER}


class DescribedApp(FastAPI):
    """A FastAPI whose OpenAPI document is the completed one."""

    described_routers: tuple[APIRouter, ...] = ()
    templates: Mapping[str, str] = MappingProxyType({})

    def include_described(self, router: APIRouter, *, prefix: str = "") -> None:
        """Include a router and remember it for the document, and the templates of its paths by operation."""
        self.include_router(router, prefix=prefix)
        self.described_routers += (router,)
        routes = routes_of((router,))
        self.templates = {**self.templates, **{str(route.operation_id): prefix + route.path for route in routes}}

    def openapi(self) -> Document:
        """The document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = completed(super().openapi(), list(routes_of(self.described_routers)))
        return self.openapi_schema


def routes_of(routers: Iterable[APIRouter]) -> Iterator[APIRoute]:
    """The documented routes of some routers."""
    for router in routers:
        yield from (route for route in router.routes if isinstance(route, APIRoute) and route.include_in_schema)


def roles_of(needs: Dependant) -> tuple[str, ...] | None:
    """The roles that `caller(...)` admits, empty for anybody known; None when a route is open to everybody."""
    if inspect.isfunction(needs.call) and needs.call.__qualname__ == f"{caller.__name__}.<locals>.authorised":
        return tuple(inspect.getclosurevars(needs.call).nonlocals["roles"])
    return next((found for inner in needs.dependencies if (found := roles_of(inner)) is not None), None)


def completed(document: Document, routes: list[APIRoute]) -> Document:
    """The document with everything that all routes share."""
    known = {route.operation_id: route for route in routes if route.operation_id}
    for path in document["paths"].values():
        for method in METHODS:
            if method in path:
                _complete(path[method], known[path[method]["operationId"]], method)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas.update({name: with_meanings(schema) for name, schema in schemas.items()})
    errors = {"type": "array", "items": FIELD_ERROR, "description": "Only with the slug `invalid`."}
    schemas["Problem"] = {
        **PROBLEM_SCHEMA,
        "description": "RFC 9457 problem document; `slug` is stable, the sentences are not.",
        "properties": {**PROBLEM_SCHEMA["properties"], "errors": errors},
    }
    document["components"]["securitySchemes"] = {"bearer": BEARER}
    document["tags"] = _tags(routes)
    document["info"]["license"] = {"name": "Apache License 2.0", "identifier": "Apache-2.0"}
    return document


def _complete(operation: Document, route: APIRoute, method: str) -> None:
    roles = roles_of(route.dependant)
    command = method == "post" and roles is not None and route.dependant.request_param_name is None
    conditional = bool({"412", "428"} & operation["responses"].keys())
    parameters = operation.get("parameters", [])
    checked = bool(parameters) or "requestBody" in operation
    for parameter in parameters:
        parameter.setdefault("description", MEANINGS.get(parameter["name"], ""))
    parameters += [IDEMPOTENCY_KEY] if command else []
    parameters += [{**IF_MATCH, "required": "428" in operation["responses"]}] if conditional else []
    if parameters:
        operation["parameters"] = parameters
    if roles is not None:
        operation["security"] = [{"bearer": []}]
        operation["x-roles"] = list(roles)
        operation["description"] = f"{operation.get('description', '')}\n\n{_who(roles)}".strip()
    shared = [*(_for_callers(route) if roles is not None else ()), *(COMMAND_PROBLEMS if command else ())]
    shared += [IfMatchNotValid] if conditional else []
    shared += [PayloadTooLarge] if "requestBody" in operation else []
    shared += [Invalid] if checked else []
    operation["responses"] = _responses(operation["responses"], shared, command=command)


def _who(roles: tuple[str, ...]) -> str:
    return f"Roles: {', '.join(f'`{role}`' for role in roles)}." if roles else "Any role."


def _for_callers(route: APIRoute) -> list[type[WayhomeError]]:
    return [Unauthenticated, Forbidden, Unavailable, *([NotFound] if "{" in route.path else [])]


def _responses(documented: Document, shared: Iterable[type[WayhomeError]], *, command: bool) -> Document:
    """The answers of one operation in order: its own problems, those of the kit, and one for whatever else."""
    named: dict[str, dict[str, str]] = {}
    answers: Document = {}
    for status, answer in documented.items():
        if MEDIA_TYPE in answer.get("content", {}):
            named[status] = {slug: title for title, slug in NAMED.findall(answer["description"])}
        elif "HTTPValidationError" not in repr(answer):
            answers[status] = {**answer, "description": SUCCESS.get(status, answer["description"])}
            if command:
                answers[status]["headers"] = REPLAYED
    for error in shared:
        named.setdefault(str(error.status), {}).setdefault(error.slug, error.title)
    answers |= {status: _problems(int(status), titles) for status, titles in named.items()}
    anything = {"description": "Any other problem", "content": {MEDIA_TYPE: {"schema": PROBLEM}}}
    return {**dict(sorted(answers.items())), "default": anything}


def _problems(status: int, titles: Mapping[str, str]) -> Document:
    examples = {
        slug: {"value": {"type": TYPE_PREFIX + slug, "title": title, "status": status, "slug": slug}}
        for slug, title in sorted(titles.items())
    }
    described = ", ".join(f"{title} (`{slug}`)" for slug, title in sorted(titles.items()))
    answer: Document = {
        "description": described,
        "content": {MEDIA_TYPE: {"schema": PROBLEM, "examples": examples}},
    }
    if status in HEADERS:
        answer["headers"] = HEADERS[status]
    return answer


def _tags(routes: list[APIRoute]) -> list[Document]:
    """The tags in order, each described by the first sentence of the modules whose routes carry it."""
    found: dict[str, list[str]] = {}
    for route in routes:
        line = " ".join((inspect.getdoc(inspect.getmodule(route.endpoint)) or "").split("\n\n", 1)[0].split())
        for tag in route.tags:
            lines = found.setdefault(str(tag), [])
            if line and line not in lines:
                lines.append(line)
    return [{"name": tag, "description": " ".join(found[tag])} for tag in sorted(found)]
