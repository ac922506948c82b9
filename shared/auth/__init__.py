"""Tokens, principals and policies."""
