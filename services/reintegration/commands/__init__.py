"""Use cases: one file each, whoever calls them."""
