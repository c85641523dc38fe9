"""Faults that a tester injects: matched against each request, struck in their order."""


class Faults:
    """The faults of one sandbox."""
