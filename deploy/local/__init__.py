"""The one-machine deployment: supervisor, gateway, local issuer, stand-in agency and the `wayhome` command."""
