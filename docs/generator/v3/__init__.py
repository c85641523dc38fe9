"""What the pages about version 3 show, from the tables and commands of its domain."""
