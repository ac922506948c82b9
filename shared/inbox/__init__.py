"""Each event's effect exactly once, and what could not be processed, parked."""
