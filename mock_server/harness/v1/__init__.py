"""The harness for v1: a kit for each engine."""
