"""Tests servers and clients against the contract: scenarios, the contract check, client readiness."""
