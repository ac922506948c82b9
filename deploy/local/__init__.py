"""The one-machine deployment: supervisor, gateway, local issuer, stand-in agency, the `wayhome` command."""
