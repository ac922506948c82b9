"""The settings every service has; all errors are listed at once when it starts.

Environment prefix is WAYHOME_<SERVICE>_ for what differs by service and WAYHOME_ for what the deployment shares.
"""

from __future__ import annotations

import base64
from typing import Literal, TypeVar

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsInvalid(SystemExit):
    """Start refused; the message lists every wrong or missing setting by its environment name."""


class ServiceSettings(BaseSettings):
    """What the kit needs to run any service; services subclass it with their own prefix."""

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True, populate_by_name=True)

    database_url: SecretStr = Field(description="PostgreSQL of this service, postgresql://role:password@host/database.")
    master_key: SecretStr = Field(description="Base64 of 32 bytes; wraps this service's person keys.")
    old_master_keys: list[SecretStr] = Field(default_factory=list, description="Earlier master keys, still unwrapped.")
    log_engine: Literal["embedded", "kafka"] = Field(
        default="embedded", validation_alias=AliasChoices("log_engine", "WAYHOME_LOG_ENGINE")
    )
    log_url: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("log_url", "WAYHOME_LOG_URL"),
        description="PostgreSQL of the embedded event log.",
    )
    kafka_servers: str | None = Field(
        default=None,
        validation_alias=AliasChoices("kafka_servers", "WAYHOME_KAFKA_SERVERS"),
        description="Kafka brokers, host:port, separated by commas.",
    )
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", validation_alias=AliasChoices("kafka_security", "WAYHOME_KAFKA_SECURITY")
    )
    kafka_user: str | None = Field(default=None, validation_alias=AliasChoices("kafka_user", "WAYHOME_KAFKA_USER"))
    kafka_password: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("kafka_password", "WAYHOME_KAFKA_PASSWORD"),
        description="For SASL_PLAINTEXT and SASL_SSL, with SCRAM-SHA-512.",
    )
    kafka_ca_file: str | None = Field(
        default=None,
        validation_alias=AliasChoices("kafka_ca_file", "WAYHOME_KAFKA_CA_FILE"),
        description="Certificates of the authorities that brokers are checked against; default: the system's.",
    )
    topic_prefix: str = Field(default="", validation_alias=AliasChoices("topic_prefix", "WAYHOME_TOPIC_PREFIX"))
    oidc_issuer: str = Field(validation_alias=AliasChoices("oidc_issuer", "WAYHOME_OIDC_ISSUER"))
    oidc_jwks_url: str = Field(validation_alias=AliasChoices("oidc_jwks_url", "WAYHOME_OIDC_JWKS_URL"))
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        validation_alias=AliasChoices("public_url", "WAYHOME_PUBLIC_URL"),
        description="Where the gateway is reached from outside, without a trailing slash.",
    )
    allow_loopback_webhooks: bool = Field(
        default=False,
        validation_alias=AliasChoices("allow_loopback_webhooks", "WAYHOME_ALLOW_LOOPBACK_WEBHOOKS"),
        description="Development only: lets webhooks go to this machine.",
    )
    otlp_endpoint: str | None = Field(
        default=None,
        pattern=r"^(https?://\S+)?$",
        validation_alias=AliasChoices("otlp_endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="Collector that traces are sent to, OTLP over HTTP; without it nothing is traced.",
    )
    host: str = Field(default="127.0.0.1", validation_alias=AliasChoices("host", "WAYHOME_HOST"))
    port: int = Field(default=8080, ge=0, le=65535)
    pool_size_api: int = Field(default=8, ge=1, le=100)
    pool_size_worker: int = Field(default=4, ge=1, le=100)
    max_body_bytes: int = Field(default=1_048_576, ge=1_024)
    max_upload_bytes: int = Field(default=8_388_608, ge=1_024, description="Of a file that is sent as a body.")
    body_seconds: float = Field(default=30.0, gt=0, description="A body must be here within this time.")
    max_head_bytes: int = Field(
        default=16_384, ge=1_024, description="Request line and headers; the request line may take half of it."
    )
    max_headers: int = Field(default=100, ge=10)
    head_seconds: float = Field(default=10.0, gt=0, description="A connection's next request must have come by then.")
    idle_seconds: float = Field(default=30.0, gt=0, description="How long a connection is kept between two requests.")
    write_seconds: float = Field(default=30.0, gt=0, description="How long a caller may not read its answer.")
    drain_seconds: float = Field(default=15.0, gt=0, description="How long running requests may take after SIGTERM.")
    max_connections: int = Field(default=512, ge=1, description="Of one process; further ones are answered 503.")

    @field_validator("master_key")
    @classmethod
    def _thirty_two_bytes(cls, value: SecretStr) -> SecretStr:
        try:
            raw = base64.b64decode(value.get_secret_value(), validate=True)
        except ValueError:
            raise ValueError("must be base64") from None
        if len(raw) != 32:
            raise ValueError("must be 32 bytes, base64-encoded")
        return value

    @property
    def master_key_bytes(self) -> bytes:
        """The current master key."""
        return base64.b64decode(self.master_key.get_secret_value())

    @property
    def old_master_key_bytes(self) -> list[bytes]:
        """Earlier master keys, newest first."""
        return [base64.b64decode(key.get_secret_value()) for key in self.old_master_keys]


SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


def load_settings(kind: type[SettingsT]) -> SettingsT:
    """Read the environment; raises SettingsInvalid with every problem, never with a value."""
    try:
        return kind()
    except ValidationError as error:
        prefix = str(kind.model_config.get("env_prefix", ""))
        lines = [f"  {_name(kind, str(item['loc'][0]), prefix)}: {item['msg']}" for item in error.errors()]
        raise SettingsInvalid("Settings are not complete:\n" + "\n".join(lines)) from None


def _name(kind: type[ServiceSettings], field: str, prefix: str) -> str:
    return field if field.startswith("WAYHOME_") else f"{prefix}{field}".upper()
