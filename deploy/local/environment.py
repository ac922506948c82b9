"""The variables a service process gets on one machine: the same ones that compose sets."""

from __future__ import annotations

from collections.abc import Mapping

from deploy.local.event_log import KAFKA_SCHEME
from deploy.local.state import LocalState


def service_environment(
    name: str, *, state: LocalState, databases: Mapping[str, str], url: str, port: str | None = None
) -> dict[str, str]:
    """For one service; `databases` holds its database and the `log`, `url` is where the gateway answers."""
    prefix = f"WAYHOME_{name.upper()}_"
    issuer = f"{url}/identity"
    return {
        f"{prefix}DATABASE_URL": databases[name],
        f"{prefix}MASTER_KEY": state.secrets().master_keys[name],
        **({f"{prefix}PORT": port} if port else {}),
        **({f"{prefix}DOCUMENTS_URL": state.documents.as_uri()} if name == "returns" else {}),
        "WAYHOME_HOST": "127.0.0.1",
        **_log_environment(databases["log"]),
        "WAYHOME_OIDC_ISSUER": issuer,
        "WAYHOME_OIDC_JWKS_URL": f"{issuer}/jwks",
        "WAYHOME_PUBLIC_URL": url,
        "WAYHOME_ALLOW_LOOPBACK_WEBHOOKS": "true",
    }


def _log_environment(address: str) -> dict[str, str]:
    if address.startswith(KAFKA_SCHEME):
        return {"WAYHOME_LOG_ENGINE": "kafka", "WAYHOME_KAFKA_SERVERS": address.removeprefix(KAFKA_SCHEME)}
    return {"WAYHOME_LOG_ENGINE": "embedded", "WAYHOME_LOG_URL": address}
