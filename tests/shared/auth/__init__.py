"""Tests of shared.auth."""
