"""What the page shows of v1, and the forms of its part of the control API."""
