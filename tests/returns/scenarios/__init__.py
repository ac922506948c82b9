"""The exceptional courses of a case, row by row."""
