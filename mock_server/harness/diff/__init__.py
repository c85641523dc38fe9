"""Compares two versions of a contract, and says which changes break clients."""
