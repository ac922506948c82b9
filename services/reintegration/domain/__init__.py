"""Decisions without database, clock or chance; state machines are tables."""
