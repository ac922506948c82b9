"""The four independent services; they never import each other."""
