"""What changed between two versions of a contract, and which of it breaks clients."""
