"""The dashboard's shell: a page without a single figure; its script fetches them with the reader's token."""

from __future__ import annotations

from importlib import resources

from fastapi import APIRouter, Response

from shared.static_page import StaticPage

router = APIRouter(prefix="/dashboard", tags=["dashboard"])
PAGE = StaticPage(resources.files("services.reporting") / "api" / "dashboard_page", "dashboard")


@router.get("", operation_id="dashboard", summary="The dashboard page", response_class=Response)
async def page() -> Response:
    """Open without a token, because it holds nothing; open `/reporting/v1/dashboard#token=...` to see figures."""
    return PAGE.html()


@router.get("/dashboard.js", include_in_schema=False)
async def script() -> Response:
    """The page's script."""
    return PAGE.script()


@router.get("/dashboard.css", include_in_schema=False)
async def style() -> Response:
    """The page's style."""
    return PAGE.style()
