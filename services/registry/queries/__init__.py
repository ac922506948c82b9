"""The read side: one function per question."""
