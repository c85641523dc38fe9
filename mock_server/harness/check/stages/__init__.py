"""The stages of the check."""
