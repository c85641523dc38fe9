"""The parts from which both services build their rules. They know neither service, and no HTTP."""
