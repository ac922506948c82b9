"""The one-machine deployment."""
