"""What changes the read models; called by consumers only."""
