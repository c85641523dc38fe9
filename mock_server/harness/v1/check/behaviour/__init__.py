"""Probes: promises that no schema can express, each tested on a bench of its own."""
