"""Tables and repositories of returns; the only place where sealed columns are opened."""
