"""Settings: every problem at once, never a value."""

from __future__ import annotations

import base64

import pytest

from services.reporting.settings import ReportingSettings
from shared.settings import SettingsInvalid, load_settings

GOOD = {
    "WAYHOME_REPORTING_DATABASE_URL": "postgresql://role:secret-word@host/database",
    "WAYHOME_REPORTING_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
    "WAYHOME_OIDC_ISSUER": "https://identity.example",
    "WAYHOME_OIDC_JWKS_URL": "https://identity.example/jwks",
    "WAYHOME_REPORTING_PORT": "8123",
}


def test_a_complete_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    settings = load_settings(ReportingSettings)
    assert settings.port == 8123
    assert settings.oidc_issuer == "https://identity.example"
    assert "secret-word" not in repr(settings)


def test_all_problems_are_listed_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYHOME_REPORTING_MASTER_KEY", "too-short-secret")
    monkeypatch.setenv("WAYHOME_REPORTING_PORT", "99999")
    for name in ("WAYHOME_REPORTING_DATABASE_URL", "WAYHOME_OIDC_ISSUER", "WAYHOME_OIDC_JWKS_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(ReportingSettings)
    message = str(caught.value)
    for name in ("DATABASE_URL", "MASTER_KEY", "PORT", "OIDC_ISSUER", "OIDC_JWKS_URL"):
        assert name in message.upper()
    assert "too-short-secret" not in message
