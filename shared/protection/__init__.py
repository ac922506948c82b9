"""Sealing, signatures and the audit trail."""
