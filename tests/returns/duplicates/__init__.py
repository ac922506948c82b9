"""Finding the same person again: generated people, how well they are found, and what a service does with it."""
