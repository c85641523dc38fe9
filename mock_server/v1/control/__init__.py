"""What schools and the department do in v1's world: its part of the control API."""
