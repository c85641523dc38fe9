"""Grades a client by the traffic that it sent: it judges each requirement of a catalogue from the journal."""
