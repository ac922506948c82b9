"""Rows, repositories, migrations and reference data."""
