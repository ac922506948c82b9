"""Traces: what is recorded, where it goes on, and what may never be in it."""
