"""Incoming events: one file per fact."""
