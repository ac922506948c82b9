"""The dashboard's shell: a page without a single figure; its script fetches them with the reader's token."""

from __future__ import annotations

from functools import cache
from importlib import resources

from fastapi import APIRouter, Response

router = APIRouter(prefix="/dashboard", tags=["dashboard"])
PAGE = resources.files("services.reporting") / "api" / "dashboard_page"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'"
)
KINDS = {"dashboard.js": "text/javascript", "dashboard.css": "text/css"}


@cache
def _file(name: str) -> bytes:
    return (PAGE / name).read_bytes()


def _answer(name: str, kind: str) -> Response:
    headers = {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-cache",
    }
    return Response(_file(name), media_type=kind, headers=headers)


@router.get("", operation_id="dashboard", summary="The dashboard page", response_class=Response)
async def page() -> Response:
    """Open without a token, because it holds nothing; open `/reporting/v1/dashboard#token=...` to see figures."""
    return _answer("dashboard.html", "text/html; charset=utf-8")


@router.get("/dashboard.js", include_in_schema=False)
async def script() -> Response:
    """The page's script."""
    return _answer("dashboard.js", KINDS["dashboard.js"])


@router.get("/dashboard.css", include_in_schema=False)
async def style() -> Response:
    """The page's style."""
    return _answer("dashboard.css", KINDS["dashboard.css"])
