"""How fast the house is, beside what the same work costs without it; run by `make bench`."""
