"""What the page shows of v1, and the forms for v1's part of the control API."""
