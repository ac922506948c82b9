"""The HTTP resources of reporting."""
