"""What the page shows of v3, and the forms for v3's part of the control API."""
