"""What the harness knows of v1: a kit for each engine."""
