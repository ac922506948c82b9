"""The inbox page as it runs in a tab."""
