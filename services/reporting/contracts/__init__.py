"""Reporting's own narrow copies of other services' events."""
