"""The ceiling of opening a case: FastAPI, one asyncpg transaction, the same rows; no kit, no authority, no sealing."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import uvicorn
from fastapi import FastAPI, Header, Request, Response

from services.returns.api.schemas import CaseIn
from tests.bench.copied_case import CopiedCase

URL, PORT, POOL = "BENCH_DATABASE_URL", "BENCH_PORT", "BENCH_POOL_SIZE"


@asynccontextmanager
async def connected(app: FastAPI) -> AsyncIterator[None]:
    """A pool of the same size as the service's, and the case to copy."""
    size = int(os.environ[POOL])
    async with asyncpg.create_pool(os.environ[URL], min_size=size, max_size=size) as pool:
        async with pool.acquire() as connection:
            app.state.case = await CopiedCase.read(connection)
        app.state.pool = pool
        yield


app = FastAPI(lifespan=connected)


@app.get("/ready")
async def ready() -> dict[str, str]:
    return {"status": "ready"}


@app.post("/returns/v1/cases")
async def open_case(request: Request, body: CaseIn, idempotency_key: Annotated[str, Header()]) -> Response:
    """Read the body as the service does, write the rows, answer with the case."""
    digest = hashlib.sha256(body.model_dump_json().encode()).digest()
    async with request.app.state.pool.acquire() as connection:
        row = await request.app.state.case.write(connection, idempotency_key, digest)
    headers = {"Location": f"/returns/v1/cases/{row['id']}"}
    return Response(json.dumps(row, default=str), 201, headers, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ[PORT]), log_config=None, access_log=False)
