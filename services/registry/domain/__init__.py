"""Rules of partnerships, assistance and disclosure; pure."""
