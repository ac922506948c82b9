"""What must hold when processes die in the middle of things."""
