"""What the pages about version 1 show, from the tables and commands of its domain."""
