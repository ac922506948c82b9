"""Journeys through all four services."""
