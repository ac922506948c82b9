"""Loads the kit's fixtures and what hostile tests print for the whole suite."""

pytest_plugins = ["shared.testing.plugin", "tests.hostile.summary"]
