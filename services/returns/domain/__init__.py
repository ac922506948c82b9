"""The rules of a voluntary return; pure: no clock, no database, no web."""
