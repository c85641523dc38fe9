"""The commands of the harness. Each reads its options, runs the harness and prints the outcome."""
