"""The contract check: whether a server keeps the contract of a service, and how much of it was tried to find out."""
