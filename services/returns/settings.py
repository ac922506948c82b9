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
