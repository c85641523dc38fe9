"""The commands of the harness. Each reads its options, runs the harness and prints what came of it."""
