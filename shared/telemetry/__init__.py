"""Logs, metrics and traces without personal data."""
