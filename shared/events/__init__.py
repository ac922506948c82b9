"""Event contracts, the envelope and subscriptions."""
