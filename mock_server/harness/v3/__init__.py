"""What the harness needs to know about v3."""
