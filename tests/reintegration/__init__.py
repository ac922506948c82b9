"""Tests of the reintegration service."""
