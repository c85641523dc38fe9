"""Sandboxes with their clock, journal, faults, limits and state file."""
