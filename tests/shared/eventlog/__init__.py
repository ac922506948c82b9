"""Conformance of the event log engines, and of relay and consumer on top of them."""
