"""The errors a caller can react to: each has a stable slug and one HTTP status.

A concrete error lives beside the function that raises it and subclasses one of these. `detail` and the extra members
reach the caller, so they never hold personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class WayhomeError(Exception):
    """Root of every anticipated error; anything else is a defect and answers 500 without detail."""

    slug: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    retry_after_seconds: ClassVar[int | None] = None

    def __init__(self, detail: str = "", **members: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.members = members


class Malformed(WayhomeError):
    """The request cannot be understood at all."""

    slug = "malformed"
    status = 400
    title = "The request cannot be understood"


class Unauthenticated(WayhomeError):
    """Nobody we know: token missing, expired or not ours."""

    slug = "unauthenticated"
    status = 401
    title = "A valid access token is needed"


class Forbidden(WayhomeError):
    """Known caller, but the role may not do this at all."""

    slug = "forbidden"
    status = 403
    title = "Your role may not do this"


class NotFound(WayhomeError):
    """Absent or outside the caller's scope: the two are never told apart."""

    slug = "not-found"
    status = 404
    title = "There is nothing here for you"


class Conflict(WayhomeError):
    """The state of things does not allow it now."""

    slug = "conflict"
    status = 409
    title = "The current state does not allow this"


class Gone(WayhomeError):
    """It was here and has ended for good."""

    slug = "gone"
    status = 410
    title = "This has ended"


class PreconditionFailed(WayhomeError):
    """Somebody else changed it since you read it."""

    slug = "changed-meanwhile"
    status = 412
    title = "It was changed since you read it"


class PayloadTooLarge(WayhomeError):
    """The body is larger than the service accepts."""

    slug = "payload-too-large"
    status = 413
    title = "The body is too large"


class Invalid(WayhomeError):
    """Well-formed, but the content breaks a rule of form."""

    slug = "invalid"
    status = 422
    title = "The content is not valid"


class PreconditionRequired(WayhomeError):
    """Changing this needs an If-Match header."""

    slug = "if-match-required"
    status = 428
    title = "Say which version you read, in If-Match"


class TooManyRequests(WayhomeError):
    """The caller asks faster than this address allows."""

    slug = "too-many-requests"
    status = 429
    title = "Too many requests"
    retry_after_seconds = 60


class Unavailable(WayhomeError):
    """A part we depend on is away; trying again later is right."""

    slug = "unavailable"
    status = 503
    title = "Temporarily not available"
    retry_after_seconds = 5


class NotKnownYet(Conflict):
    """A fact of another service has not arrived here yet; it usually does within a second."""

    slug = "not-known-yet"
    title = "Not known here yet"
    retry_after_seconds = 1


@dataclass(frozen=True)
class Missing:
    """One thing that blocks a transition: a stable code and a sentence a caseworker understands."""

    code: str
    message: str


class TransitionRefused(Conflict):
    """The state machine does not allow this step now; says what is missing and what is open."""

    slug = "transition-not-allowed"
    title = "This step is not possible now"

    def __init__(
        self,
        *,
        transition: str,
        state: str,
        missing: Sequence[Missing] = (),
        open_transitions: Sequence[str] = (),
    ) -> None:
        super().__init__(
            f"'{transition}' is not possible in state {state}.",
            transition=transition,
            state=state,
            missing=[{"code": item.code, "message": item.message} for item in missing],
            open_transitions=list(open_transitions),
        )
        self.missing = tuple(missing)
        self.open_transitions = tuple(open_transitions)
