"""Texts that people read, as data: one file per page, one entry per language."""
