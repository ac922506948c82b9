"""What is special in the configuration of returns."""

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from shared.http.callers import Network, read_networks
from shared.settings import ServiceSettings


class ReturnsSettings(ServiceSettings):
    """Settings of the returns service, environment prefix WAYHOME_RETURNS_."""

    model_config = SettingsConfigDict(
        env_prefix="WAYHOME_RETURNS_", extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )

    disclosure_days: int = Field(default=14, ge=1, le=90, description="How long an approved disclosure can be read.")
    endangerment_check_days: int = Field(default=30, ge=1, le=90, description="How long that check stays valid.")
    documents_url: str = Field(
        default="file:///var/lib/wayhome-documents",
        pattern=r"^[a-z0-9+]+://\S+$",
        description="Where sealed contents of documents lie: a folder, or what else fsspec reaches (s3://bucket/folder).",
    )
    scanner_url: str | None = Field(
        default=None,
        pattern=r"^(|tcp://[^/\s:]+:\d{1,5}|unix:///\S+)$",
        description="A clamd that looks at every document; what it did not see is kept in quarantine.",
    )
    scanner_seconds: float = Field(default=10.0, gt=0, le=120, description="How long the scanner may take to answer.")
    reconfirmation_days: int = Field(
        default=14,
        ge=1,
        le=60,
        description="The declaration must be re-confirmed within this many days before travel.",
    )
    complaints_authority_id: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="Authority that keeps complaints which name no office; default: that of the newest file.",
    )
    complaints_host: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="Its country, whose working days count; ISO 3166-1 alpha-3."
    )
    public_requests_per_minute: int = Field(
        default=600, ge=1, description="What each open door takes in a minute, from everybody together."
    )
    public_requests_per_caller: int = Field(
        default=30, ge=1, description="What each open door takes in a minute from one address, in one process."
    )
    trusted_hops: str = Field(
        default="127.0.0.1,::1",
        description="Addresses or networks of the gateway, which says whom it has seen; whoever else says so is not "
        "believed.",
    )
    card_leave_to: str = Field(
        default="https://www.wikipedia.org/",
        pattern=r"^https://\S+$",
        description="Where the card's page sends whoever leaves it in a hurry; something everybody might look at.",
    )

    @field_validator("trusted_hops")
    @classmethod
    def _networks(cls, value: str) -> str:
        read_networks(value)
        return value

    @property
    def trusted_networks(self) -> tuple[Network, ...]:
        """The trusted hops, read."""
        return read_networks(self.trusted_hops)
