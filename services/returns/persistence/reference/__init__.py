"""Reference data as versioned files: periods a programme has that states none of its own, with their source."""
