"""Writes the pages of the site. It generates from the code whatever it can, so that the pages stay true."""
