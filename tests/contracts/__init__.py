"""Where the producer's contract and the consumer's copy meet, and nowhere else."""
