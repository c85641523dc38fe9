"""The contract check: it tests whether a server keeps a service's contract, and reports how much it tried."""
