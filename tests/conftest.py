"""Loads the kit's fixtures for the whole suite."""

pytest_plugins = ["shared.testing.plugin"]
