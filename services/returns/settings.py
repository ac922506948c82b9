"""What is special in the configuration of returns."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

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
    complaints_authority_id: str = Field(
        default="SEM", min_length=1, max_length=200, description="Authority whose complaints officers keep the queue."
    )
    public_requests_per_minute: int = Field(
        default=120, ge=1, description="What each open door takes in a minute, from everybody together."
    )
    card_leave_to: str = Field(
        default="https://www.wikipedia.org/",
        pattern=r"^https://\S+$",
        description="Where the card's page sends whoever leaves it in a hurry; something everybody might look at.",
    )
