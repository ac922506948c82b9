"""What is special in reintegration's configuration: nothing yet beside its prefix."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class ReintegrationSettings(ServiceSettings):
    """Settings of the reintegration service, environment prefix WAYHOME_REINTEGRATION_."""

    model_config = SettingsConfigDict(
        env_prefix="WAYHOME_REINTEGRATION_", extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )
