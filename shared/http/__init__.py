"""The only place where HTTP requests leave from."""
