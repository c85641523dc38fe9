"""Requests that Schemathesis makes up from the contract: examples, boundaries, fuzzing and chains of links."""
