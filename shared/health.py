"""Whether a process lives, whether it can serve, and its numbers: for whoever runs it, open without a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import text

if TYPE_CHECKING:
    from shared.service import Runtime


def health_router(root: str) -> APIRouter:
    """The routes under a service's root."""
    router = APIRouter(prefix=root, tags=["operation"])

    @router.get("/health/live", operation_id="live", summary="Is the process alive?")
    async def live() -> dict[str, str]:
        """Answers as long as the process can; it looks at nothing else."""
        return {"status": "live"}

    not_ready: dict[int | str, dict[str, Any]] = {503: {"description": "Not ready; `reasons` names what is missing"}}

    @router.get("/health/ready", operation_id="ready", summary="Can it serve requests now?", responses=not_ready)
    async def ready(request: Request, response: Response) -> dict[str, Any]:
        """Asks the database and the background parts."""
        runtime: Runtime = request.app.state.runtime
        reasons = dict(runtime.readiness)
        try:
            async with runtime.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:  # any failure means: not ready
            reasons["database"] = type(error).__name__
        response.status_code = 503 if reasons else 200
        return {"status": "not ready" if reasons else "ready", "reasons": reasons}

    @router.get("/metrics", operation_id="metrics", summary="Prometheus metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        return Response(request.app.state.runtime.metrics.render(), media_type="text/plain; version=0.0.4")

    return router
