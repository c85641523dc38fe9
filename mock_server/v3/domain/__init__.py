"""v3's records, rules and world. Standard library and `mock_server.rules` only: no HTTP, no JSON."""
