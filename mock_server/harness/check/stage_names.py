"""The stages of a check, in the order in which they run. The command line needs no more of a check to start."""

# Four of them are the phases of Schemathesis.
GENERATED = ("examples", "boundaries", "fuzzing", "stateful")
STAGES = ("contract", "scenarios", "behaviour", "isolation", "consistency", *GENERATED, "coverage")
# The first judges the document alone, the last what the others saw.
ASK_NOTHING = frozenset({"contract", "coverage"})
