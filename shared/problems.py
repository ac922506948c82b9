"""Every error leaves as RFC 9457 problem+json with a stable slug, and never with what the caller or a person wrote."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from shared.errors import Conflict, Invalid, Unavailable, WayhomeError

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:wayhome:problem:"
MASKED = {"value_error", "assertion_error", "extra_forbidden", "json_invalid", "union_tag_invalid"}
FRAMEWORK_REFUSALS: Mapping[int, tuple[str, str]] = {
    400: ("malformed", "The request was refused"),
    404: ("not-found", "There is nothing here for you"),
    405: ("method-not-allowed", "This address does not know that method"),
    415: ("unsupported-media-type", "The request was refused"),
}
TRANSIENT_CLASSES = ("08", "40", "53", "57")
BROKEN = ("ConnectionDoesNotExistError", "InterfaceError", "ConnectionError")


class Busy(Conflict):
    """Somebody else is changing the same thing right now."""

    slug = "busy"
    title = "Somebody else is changing this right now"
    retry_after_seconds = 1


class AlreadyExists(Conflict):
    """The same thing is there already."""

    slug = "already-exists"
    title = "This exists already"


class UnsupportedMediaType(WayhomeError):
    """A body in a form that is not read here."""

    slug = "unsupported-media-type"
    status = 415
    title = "A body of this form or encoding is not read here"


class TooSlow(WayhomeError):
    """The body did not arrive in time."""

    slug = "too-slow"
    status = 408
    title = "The request did not arrive in time"


class BodyRefused(HTTPException):
    """A refusal while the body is being read; the framework lets no other kind of exception through there."""

    def __init__(self, error: WayhomeError) -> None:
        super().__init__(error.status)
        self.error = error


class Untranslatable(Invalid):
    """Text or a number that the database cannot hold."""

    slug = "value-not-storable"
    title = "A value cannot be stored"


def problem_response(error: WayhomeError, *, instance: str | None = None) -> Response:
    """The answer for one error."""
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + error.slug,
        "title": error.title,
        "status": error.status,
        "slug": error.slug,
    }
    if error.detail:
        body["detail"] = error.detail
    if instance:
        body["instance"] = instance
    body |= {name: value for name, value in error.members.items() if name not in body}
    headers: dict[str, str] = {}
    if error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="wayhome"'
    return Response(json.dumps(body, default=str), error.status, headers, MEDIA_TYPE)


def sqlstate_of(error: BaseException) -> str | None:
    """The SQLSTATE of a database error, wherever the driver hides it."""
    current: BaseException | None = error
    while current is not None:
        state = getattr(current, "sqlstate", None) or getattr(getattr(current, "orig", None), "sqlstate", None)
        if isinstance(state, str):
            return state
        current = current.__cause__
    return None


def connection_lost(error: BaseException) -> bool:
    """Whether the driver says that a connection broke; it does so without a SQLSTATE."""
    links: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in links:
        links.append(current)
        current = current.__cause__ or getattr(current, "orig", None)
    if any(isinstance(link, ValueError) for link in links):  # an argument that does not fit has the same wrapping
        return False
    return any(type(link).__name__ in BROKEN for link in links)


def from_database(error: BaseException) -> WayhomeError | None:
    """What a database error means to the caller; None for a defect of ours."""
    state = sqlstate_of(error)
    if isinstance(error, PoolTimeout | ConnectionError | OSError):
        return Unavailable()
    if state is None and connection_lost(error):
        return Unavailable()
    if state is None:
        return Untranslatable() if isinstance(error, DBAPIError) and "invalid input" in str(error.orig) else None
    if state == "55P03":
        return Busy()
    if state == "23505":
        return AlreadyExists()
    if state.startswith("22"):
        return Untranslatable()
    return Unavailable() if state.startswith(TRANSIENT_CLASSES) else None


def validation_problem(error: RequestValidationError, names: Container[str]) -> WayhomeError:
    """Which fields are wrong and why; the values are not repeated, nor any name that is not among `names`."""
    errors = [
        {
            "where": _where(item["loc"], names),
            "code": str(item["type"]),
            "message": _without_input(str(item["type"]), str(item["msg"])),
        }
        for item in error.errors()[:50]
    ]
    return Invalid("Some fields are not valid.", errors=errors)


def _where(path: Sequence[Any], names: Container[str]) -> str:
    """The path to the field; a name that is not one of ours is the caller's own text and is not repeated."""
    parts = [part if isinstance(part, int) or part in names else "unknown field" for part in path]
    return "/".join(str(part) for part in parts)[:200]


def field_names(document: Any) -> Iterator[str]:
    """Every name of a field or parameter in an OpenAPI document."""
    for key, value in document.items() if isinstance(document, dict) else ():
        if key == "properties":
            yield from value
        elif key == "parameters":
            yield from (entry["name"] for entry in value if "name" in entry)
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    for value in inner:
        yield from field_names(value)


def _without_input(kind: str, message: str) -> str:
    return "is not valid" if kind in MASKED else message


def problems(*errors: type[WayhomeError]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI `responses=` for the errors a route can answer."""
    found: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        entry = found.setdefault(error.status, {"description": "", "content": {MEDIA_TYPE: {"schema": PROBLEM_SCHEMA}}})
        entry["description"] = ", ".join(filter(None, [entry["description"], f"{error.title} (`{error.slug}`)"]))
    return found


PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "slug"],
    "properties": {
        "type": {"type": "string", "description": "Stable URN of the kind of problem."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "slug": {"type": "string", "description": "Stable name of the kind of problem; react to this."},
        "detail": {"type": "string"},
    },
}


def install_problem_handlers(app: FastAPI) -> None:
    """Make every failure of this app a problem document."""
    log = structlog.get_logger("wayhome.http")
    names = cache(lambda: frozenset(field_names(app.openapi())) | {"body", "query", "path", "header"})

    async def anticipated(request: Request, error: Exception) -> Response:
        assert isinstance(error, WayhomeError)  # noqa: S101 - registered for this type only
        return problem_response(error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
        return problem_response(validation_problem(error, names()))

    async def framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
        if isinstance(error, BodyRefused):
            return problem_response(error.error)
        response = problem_response(_of_framework(error))
        response.headers.update(error.headers or {})
        return response

    async def unexpected(request: Request, error: Exception) -> Response:
        mapped = Untranslatable() if isinstance(error, UnicodeEncodeError) else from_database(error)
        if mapped is not None:
            return problem_response(mapped)
        log.error("request.failed", error_class=type(error).__name__, sqlstate=sqlstate_of(error), exc_info=error)
        return problem_response(WayhomeError())

    app.add_exception_handler(WayhomeError, anticipated)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, framework)
    for kind in (DBAPIError, PoolTimeout, OSError, UnicodeEncodeError, Exception):
        app.add_exception_handler(kind, unexpected)


def _of_framework(error: HTTPException) -> WayhomeError:
    slug, title = FRAMEWORK_REFUSALS.get(error.status_code, ("refused", "The request was refused"))
    kind: type[WayhomeError] = type(
        "Framework", (WayhomeError,), {"slug": slug, "status": error.status_code, "title": title}
    )
    return kind()
