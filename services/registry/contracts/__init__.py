"""Events this service owns, and its narrow copies of others'."""
