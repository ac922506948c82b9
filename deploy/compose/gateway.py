"""The gateway as a container: the same routing as on one machine, with the upstreams from its environment."""

from __future__ import annotations

import os

import uvicorn

from deploy.local.gateway import Gateway, Receive, Scope, Send, answer
from shared.http.callers import read_networks
from shared.serving import Limits, server_config

UPSTREAMS = "WAYHOME_GATEWAY_UPSTREAMS"
TRUSTED_HOPS = "WAYHOME_GATEWAY_TRUSTED_HOPS"
"""Proxies in front of the gateway that say truly whom they have seen, `192.0.2.7, 10.1.0.0/16`; none by default."""
HEALTH = "/health"


class PublicGateway:
    """A gateway that answers for its own health and keeps the services' metrics inside."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer here or hand on."""
        path = scope.get("path", "")
        if scope["type"] == "http" and path == HEALTH:
            await answer(send, 200, {"status": "live"})
        elif scope["type"] == "http" and path.rstrip("/").endswith("/metrics"):
            await answer(send, 404, {"title": "Nothing here", "status": 404})
        else:
            await self._gateway(scope, receive, send)


def read_upstreams(text: str) -> dict[str, str]:
    """`registry=http://registry:8080,returns=...` by first path segment."""
    pairs = (entry.partition("=") for entry in text.split(",") if entry.strip())
    return {name.strip(): address.strip() for name, _, address in pairs}


def main() -> None:
    """Serve until told to stop."""
    hops = read_networks(os.environ.get(TRUSTED_HOPS, ""))
    gateway = Gateway(read_upstreams(os.environ[UPSTREAMS]), {}, trusted_hops=hops)
    config = server_config(
        PublicGateway(gateway),
        host="0.0.0.0",  # noqa: S104 - the container's own address; what is published is decided by compose
        port=int(os.environ.get("WAYHOME_GATEWAY_PORT", "8000")),
        limits=Limits(drain_seconds=5),
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
