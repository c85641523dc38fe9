"""Grading a client by the traffic that it sent: a catalogue of requirements, each judged from the journal."""
