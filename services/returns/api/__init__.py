"""The HTTP resources of returns."""
