"""Engine, unit of work, tables and migrations on PostgreSQL."""
