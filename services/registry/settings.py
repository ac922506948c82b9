"""What is special in the configuration of registry."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class RegistrySettings(ServiceSettings):
    """Settings of the registry service, environment prefix WAYHOME_REGISTRY_."""

    model_config = SettingsConfigDict(
        env_prefix="WAYHOME_REGISTRY_", extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )

    delivery_deadline_seconds: float = Field(default=15.0, gt=0, le=60)
    delivery_record_seconds: float = Field(
        default=25.0, ge=1, le=300, description="What a sender has to record an attempt before another takes over."
    )
    message_tolerance_seconds: int = Field(default=300, ge=1, le=3600)
    messages_per_minute: int = Field(default=600, ge=1, description="Messages that one sender may send in a minute.")
    commitment_reminder_days: int = Field(
        default=14, ge=1, le=180, description="How long before its day both sides are reminded of a commitment."
    )
    request_reminder_days: int = Field(
        default=3, ge=1, le=30, description="How long before the day to answer by a recipient is reminded of a package."
    )
    trial_quotes_at_once: int = Field(
        default=1_000, ge=0, description="A trial over more quotes than this goes on in the background."
    )
    due_diligence_notice_days: list[int] = Field(
        default=[60, 30, 7], description="How many days before a due diligence check runs out it is told."
    )
