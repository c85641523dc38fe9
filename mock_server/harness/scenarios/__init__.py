"""Scenarios: the steps of the usage guide as data, run as tests, shown in the guide, and exported."""
