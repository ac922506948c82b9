"""The event log: one protocol, two engines."""
