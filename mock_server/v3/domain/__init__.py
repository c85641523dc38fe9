"""V3's records, rules and world. It uses the standard library and `mock_server.rules`: no HTTP, no JSON."""
