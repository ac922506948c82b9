"""How the services are deployed; nothing imports it."""
