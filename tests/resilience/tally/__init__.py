"""The smallest deployment that has everything to lose: commands over HTTP, outbox, log, inbox, two databases."""
