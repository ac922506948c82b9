"""Tests of the platform kit."""
