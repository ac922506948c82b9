"""One file per incoming event; each only names the command it leads to."""
