"""Probes of what the contract of v3 says in words."""
