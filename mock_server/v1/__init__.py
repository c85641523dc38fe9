"""Version 1 of the lead provider API."""
