"""What is special in reporting's configuration: nothing yet beside its prefix."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class ReportingSettings(ServiceSettings):
    """Settings of the reporting service, environment prefix WAYHOME_REPORTING_."""

    model_config = SettingsConfigDict(
        env_prefix="WAYHOME_REPORTING_", extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )
