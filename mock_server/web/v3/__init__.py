"""What the page shows of v3, and the forms of its part of the control API."""
