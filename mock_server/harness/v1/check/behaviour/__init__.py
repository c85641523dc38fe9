"""Probes: the promises that no schema can say, each in a world of its own."""
