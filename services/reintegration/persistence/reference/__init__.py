"""Reference data as versioned files: scoring models and periods, each with its source."""
