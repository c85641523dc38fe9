"""V1's part of the control API: what schools and the department do in its world."""
