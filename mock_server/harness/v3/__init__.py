"""What the harness needs to know of v3."""
