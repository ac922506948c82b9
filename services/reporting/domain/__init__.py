"""Indicators and how they are counted; pure."""
