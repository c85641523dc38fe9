"""Probes: promises that no schema can express, each tested in a world of its own."""
