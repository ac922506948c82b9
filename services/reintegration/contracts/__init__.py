"""Events published and the narrow copies of events consumed."""
