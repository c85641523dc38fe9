"""The control API: what a tester needs and the real service can't offer."""
