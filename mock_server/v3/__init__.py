"""The lead provider API, version 3, as "Register early career teachers" serves it."""
