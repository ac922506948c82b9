"""Reporting: read models, indicators and the dashboard.

It owns no process: everything here is projected from the events of the other services and can be rebuilt from the log.
It knows persons only as random references with coarse codes. Every figure names its unit, date basis and mode.
"""
