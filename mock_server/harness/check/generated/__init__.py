"""Requests that Schemathesis generates from the contract: examples, boundaries, fuzzing and chains of links."""
