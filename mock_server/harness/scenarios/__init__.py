"""Scenarios: the steps of the usage guide as data. Tests run them, the guide shows them, exports copy them."""
