"""The contract check: whether a server keeps `openapi/v1.yaml`, and how much of it was tried to find out."""
