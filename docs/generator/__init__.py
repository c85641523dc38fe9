"""Writes the pages of the site: what can be drawn from the code is, so that it can't drift from it."""
