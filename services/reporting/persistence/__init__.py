"""The read models' tables and how they are filled."""
