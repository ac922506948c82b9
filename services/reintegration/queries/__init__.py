"""Read side: one function per question."""
