"""Fixtures the kit ships: real PostgreSQL, a running service, a client per principal, events in and out."""
