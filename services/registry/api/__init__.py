"""The HTTP resources of registry."""
