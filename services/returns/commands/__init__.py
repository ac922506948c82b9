"""One file per use case; whoever calls it: HTTP, an event, a timer."""
